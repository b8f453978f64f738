using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address that a resource listens on.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string _name;
    private string? _transport;
    private bool? _tlsEnabled;
    private int? _port;
    private int? _targetPort;

    /// <summary>Creates an endpoint.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="uriScheme">Scheme of its URLs; default <c>tcp</c> or <c>udp</c>.</param>
    /// <param name="transport">Transport; default <c>http</c> for http and https, else the protocol.</param>
    /// <param name="name">Name; default the scheme.</param>
    /// <param name="port">Port that others use, 0 to 65535.</param>
    /// <param name="targetPort">Port that the process listens on, 0 to 65535.</param>
    /// <param name="isExternal">True when it may be reached from outside.</param>
    /// <param name="isProxied">True when the engine chooses how the address is served.</param>
    /// <exception cref="ArgumentException">The name is not one that an endpoint can have; the message says why.</exception>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        [EndpointName] string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
        : this(protocol, null, uriScheme, transport, name, port, targetPort, isExternal, isProxied)
    {
    }

    /// <summary>Creates an endpoint whose address belongs to a certain network.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="networkID">The network that <see cref="AllocatedEndpoint"/> is the address on; default this machine.</param>
    /// <param name="uriScheme">Scheme of its URLs; default <c>tcp</c> or <c>udp</c>.</param>
    /// <param name="transport">Transport; default <c>http</c> for http and https, else the protocol.</param>
    /// <param name="name">Name; default the scheme.</param>
    /// <param name="port">Port that others use, 0 to 65535.</param>
    /// <param name="targetPort">Port that the process listens on, 0 to 65535.</param>
    /// <param name="isExternal">True when it may be reached from outside.</param>
    /// <param name="isProxied">True when the engine chooses how the address is served.</param>
    /// <exception cref="ArgumentException">The name is not one that an endpoint can have; the message says why.</exception>
    public EndpointAnnotation(
        ProtocolType protocol,
        NetworkIdentifier? networkID,
        string? uriScheme = null,
        string? transport = null,
        [EndpointName] string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        DefaultNetworkID = networkID ?? KnownNetworkIdentifiers.LocalhostNetwork;
        UriScheme = uriScheme ?? ProtocolName;
        _transport = transport;
        _name = name ?? UriScheme;
        ModelName.Validate("endpoint", _name);
        _port = ModelPort.Validate("port", port);
        _targetPort = ModelPort.Validate("target port", targetPort);
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
    }

    /// <summary>Name, unique in the resource without regard to case.</summary>
    /// <exception cref="ArgumentException">The name is not one that an endpoint can have; the message says why.</exception>
    public string Name
    {
        get => _name;
        set
        {
            ModelName.Validate("endpoint", value);
            _name = value;
        }
    }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>Scheme of its URLs.</summary>
    public string UriScheme { get; set; }

    /// <summary>Transport: <c>http</c>, <c>http2</c>, <c>tcp</c>, <c>udp</c>. Until it is set: <c>http</c> for the schemes http and https, else the protocol.</summary>
    public string Transport
    {
        get => _transport ?? (IsHttpLike ? "http" : ProtocolName);
        set => _transport = value;
    }

    /// <summary>True when the connection is encrypted. Until it is set: when the scheme is https.</summary>
    public bool TlsEnabled
    {
        get => _tlsEnabled ?? HasScheme("https");
        set => _tlsEnabled = value;
    }

    /// <summary>Port that others use. Of an endpoint that is not proxied it is also the port listened on, if only one of the two is given.</summary>
    public int? Port
    {
        get => _port ?? (IsProxied ? null : _targetPort);
        set
        {
            _port = ModelPort.Validate("port", value);
            FromSettings = false;
        }
    }

    /// <summary>Port that the process listens on. Of an endpoint that is not proxied it is also the port that others use, if only one of the two is given.</summary>
    public int? TargetPort
    {
        get => _targetPort ?? (IsProxied ? null : _port);
        set => _targetPort = ModelPort.Validate("target port", value);
    }

    /// <summary>Host that the process listens on; default <c>localhost</c>.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>True when it may be reached from outside.</summary>
    public bool IsExternal { get; set; }

    /// <summary>True when the engine chooses how the address is served.</summary>
    public bool IsProxied { get; set; }

    /// <summary>The network that <see cref="AllocatedEndpoint"/> is the address on.</summary>
    public NetworkIdentifier DefaultNetworkID { get; }

    /// <summary>The address on <see cref="DefaultNetworkID"/>; null: not known yet.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => AllAllocatedEndpoints.TryGetAllocatedEndpoint(DefaultNetworkID, out var endpoint) ? endpoint : null;
        set
        {
            if (value is not null)
            {
                AllAllocatedEndpoints.AddOrUpdateAllocatedEndpoint(DefaultNetworkID, value);
            }
        }
    }

    /// <summary>The addresses, one for each network.</summary>
    public NetworkEndpointSnapshotList AllAllocatedEndpoints { get; } = [];

    /// <summary>True when the port came from the project's launch profile or Kestrel settings; setting it in code ends that.</summary>
    internal bool FromSettings { get; set; }

    /// <summary>The target port as it was given.</summary>
    internal int? DeclaredTargetPort => _targetPort;

    /// <summary>Key of the endpoint in the project's Kestrel settings, if it came from there.</summary>
    internal string? KestrelName { get; set; }

    /// <summary>True when publishing made it, because the project has an https or http address somewhere.</summary>
    internal bool IsImplicit { get; set; }

    /// <summary>True when the process is told the port by <c>ASPNETCORE_URLS</c>; false when <c>env:</c> names its variable.</summary>
    internal bool IsInjected { get; set; } = true;

    /// <summary>The addresses of the replicas, by index, once known.</summary>
    internal IReadOnlyList<AllocatedEndpoint> ReplicaEndpoints { get; set; } = [];

    /// <summary>True when it speaks http or https.</summary>
    internal bool IsHttpLike => HasScheme("http") || HasScheme("https");

    private string ProtocolName => Protocol == ProtocolType.Udp ? "udp" : "tcp";

    internal bool HasScheme(string scheme) => string.Equals(UriScheme, scheme, StringComparison.OrdinalIgnoreCase);

    internal bool HasName(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);
}
