namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of an endpoint, once it is known.</summary>
public class AllocatedEndpoint
{
    /// <summary>Creates the address of an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">Host name or IP address to reach it by.</param>
    /// <param name="port">Port to reach it by.</param>
    /// <param name="bindingMode">On which addresses of the machine it is listened on.</param>
    /// <param name="targetPortExpression">The port that the process listens on, as text; null: not known.</param>
    /// <param name="networkID">The network on which the address holds; default this machine.</param>
    public AllocatedEndpoint(
        EndpointAnnotation endpoint,
        string address,
        int port,
        EndpointBindingMode bindingMode,
        string? targetPortExpression = null,
        NetworkIdentifier? networkID = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(address);
        ModelPort.Validate("port", port);
        Endpoint = endpoint;
        Address = address;
        Port = port;
        BindingMode = bindingMode;
        TargetPortExpression = targetPortExpression;
        NetworkID = networkID ?? KnownNetworkIdentifiers.LocalhostNetwork;
    }

    /// <summary>Creates the address of an endpoint that listens on one address of this machine.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="address">Host name or IP address to reach it by.</param>
    /// <param name="port">Port to reach it by.</param>
    /// <param name="targetPortExpression">The port that the process listens on, as text; null: not known.</param>
    public AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
        : this(endpoint, address, port, EndpointBindingMode.SingleAddress, targetPortExpression)
    {
    }

    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; }

    /// <summary>Host name or IP address to reach it by.</summary>
    public string Address { get; }

    /// <summary>Port to reach it by.</summary>
    public int Port { get; }

    /// <summary>On which addresses of the machine it is listened on.</summary>
    public EndpointBindingMode BindingMode { get; }

    /// <summary>The port that the process listens on, as text; null: not known.</summary>
    public string? TargetPortExpression { get; }

    /// <summary>The network on which the address holds.</summary>
    public NetworkIdentifier NetworkID { get; }

    /// <summary>Scheme of its URL.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>Host and port.</summary>
    public string EndPointString => Address.Contains(':', StringComparison.Ordinal) && Address[0] != '[' ? $"[{Address}]:{Port}" : $"{Address}:{Port}";

    /// <summary>The URL: <c>http://localhost:8080</c>.</summary>
    public string UriString => $"{UriScheme}://{EndPointString}";

    /// <inheritdoc/>
    public override string ToString() => UriString;
}
