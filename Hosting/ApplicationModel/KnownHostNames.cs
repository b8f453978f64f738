namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names of hosts that addresses are made with.</summary>
public static class KnownHostNames
{
    /// <summary>This machine.</summary>
    public const string Localhost = "localhost";

    /// <summary>The machine that runs a container, as Docker calls it inside the container.</summary>
    public const string DockerDesktopHostBridge = "host.docker.internal";
}
