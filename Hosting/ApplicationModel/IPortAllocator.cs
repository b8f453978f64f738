namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives out ports for what is published, each once. It does not look whether they are free on this machine.</summary>
public interface IPortAllocator
{
    /// <summary>Notes that a port is not to be given out.</summary>
    /// <param name="port">The port.</param>
    void AddUsedPort(int port);

    /// <summary>Gives out the next port.</summary>
    int AllocatePort();
}
