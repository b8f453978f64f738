using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private int? _port;
    private int? _targetPort;

    /// <summary>Creates an endpoint.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="uriScheme">Scheme of its URLs; default <c>tcp</c> or <c>udp</c>.</param>
    /// <param name="transport">Transport; default <c>http</c> for http and https, else the protocol.</param>
    /// <param name="name">Name; default the scheme.</param>
    /// <param name="port">Port that others use, 0 to 65535.</param>
    /// <param name="targetPort">Port that the process listens on.</param>
    /// <param name="isExternal">True when it may be reached from outside.</param>
    /// <param name="isProxied">True when the engine chooses how the address is served.</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        ModelPort.Validate("port", port);
        ModelPort.Validate("target port", targetPort);
        var protocolName = protocol == ProtocolType.Udp ? "udp" : "tcp";
        Protocol = protocol;
        UriScheme = uriScheme ?? protocolName;
        Transport = transport ?? (UriScheme is "http" or "https" ? "http" : protocolName);
        Name = name ?? UriScheme;
        ModelName.Validate("endpoint", Name);
        _port = port;
        _targetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>Scheme of its URLs.</summary>
    public string UriScheme { get; set; }

    /// <summary>Transport: <c>http</c>, <c>http2</c>, <c>tcp</c>, <c>udp</c>.</summary>
    public string Transport { get; set; }

    /// <summary>Name, unique in the resource without regard to case.</summary>
    public string Name { get; }

    /// <summary>Port that others use. Of an endpoint that is not proxied it is also the port listened on, if only one of the two is given.</summary>
    public int? Port
    {
        get => _port ?? (IsProxied ? null : _targetPort);
        set => _port = value;
    }

    /// <summary>Port that the process listens on.</summary>
    public int? TargetPort
    {
        get => _targetPort ?? (IsProxied ? null : _port);
        set => _targetPort = value;
    }

    /// <summary>Host that the process listens on; default <c>localhost</c>.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>True when it may be reached from outside.</summary>
    public bool IsExternal { get; set; }

    /// <summary>True when the engine chooses how the address is served.</summary>
    public bool IsProxied { get; set; }

    /// <summary>True when the port came from a launch profile, not from code.</summary>
    internal bool FromLaunchProfile { get; set; }

    /// <summary>True when the process is told the port by <c>ASPNETCORE_URLS</c>; false when <c>env:</c> names its variable.</summary>
    internal bool IsInjected { get; set; } = true;

    /// <summary>The address, once known.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => Allocated.Task.IsCompletedSuccessfully ? Allocated.Task.Result : null;
        set
        {
            if (value is not null && !Allocated.TrySetResult(value))
            {
                Allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Allocated.SetResult(value);
            }
        }
    }

    internal TaskCompletionSource<AllocatedEndpoint> Allocated { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The addresses of the replicas, by index, once known.</summary>
    internal IReadOnlyList<AllocatedEndpoint> ReplicaEndpoints { get; set; } = [];
}

/// <summary>The range of a port in the model.</summary>
internal static class ModelPort
{
    public const int Max = 65535;

    public static void Validate(string kind, int? port)
    {
        if (port is < 0 or > Max)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, $"The {kind} must lie between 0 and {Max}.");
        }
    }
}
