namespace Aspire.Hosting.ApplicationModel;

/// <summary>The address of an endpoint, once it is known.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="address">Host name or IP address to reach it by.</param>
/// <param name="port">Port to reach it by.</param>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    /// <summary>The endpoint.</summary>
    public EndpointAnnotation Endpoint { get; } = endpoint;

    /// <summary>Host name or IP address to reach it by.</summary>
    public string Address { get; } = address;

    /// <summary>Port to reach it by.</summary>
    public int Port { get; } = port;

    /// <summary>Scheme of its URL.</summary>
    public string UriScheme => Endpoint.UriScheme;

    /// <summary>Host and port.</summary>
    public string EndPointString => $"{Address}:{Port}";

    /// <summary>The URL: <c>http://localhost:8080</c>.</summary>
    public string UriString => $"{UriScheme}://{EndPointString}";

    /// <inheritdoc/>
    public override string ToString() => UriString;
}
