namespace Aspire.Hosting.ApplicationModel;

/// <summary>Gives out ports one after another, and leaves out those that are used.</summary>
/// <param name="startPort">The first one.</param>
public class PortAllocator(int startPort = 8000) : IPortAllocator
{
    private readonly HashSet<int> _used = [];
    private int _next = startPort;

    /// <inheritdoc/>
    public void AddUsedPort(int port) => _used.Add(port);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">All ports up to 65535 are used.</exception>
    public int AllocatePort()
    {
        while (!_used.Add(_next))
        {
            _next++;
        }

        return _next <= ModelPort.Max
            ? _next++
            : throw new InvalidOperationException($"No port up to {ModelPort.Max} is left for an endpoint that says none. Give endpoints ports of their own.");
    }
}
