namespace Aspire.Hosting.ApplicationModel;

/// <summary>Nginx as the gateway of a site: a container, or in run mode a local process where there is no container engine.</summary>
/// <param name="name">Name of the resource.</param>
public class NginxResource(string name) : ContainerResource(name), IResourceWithServiceDiscovery
{
    /// <summary>Name of the endpoint that takes the requests.</summary>
    internal const string HttpEndpointName = "http";

    /// <summary>Its name once it speaks TLS.</summary>
    internal const string HttpsEndpointName = "https";

    /// <summary>Name of the endpoint that sends plain requests to the encrypted one.</summary>
    internal const string RedirectEndpointName = "redirect";

    /// <summary>The endpoint that takes the requests: named <c>http</c>, with TLS <c>https</c>.</summary>
    public EndpointReference HttpEndpoint => new(this, Annotations.OfType<NginxTlsAnnotation>().Any() ? HttpsEndpointName : HttpEndpointName);
}
