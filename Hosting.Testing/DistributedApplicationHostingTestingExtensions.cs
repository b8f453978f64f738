using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Testing;

/// <summary>What a test asks of a running application.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>Makes an HTTP client for a resource. It is the caller's to dispose.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
        => new() { BaseAddress = app.GetEndpoint(resourceName, endpointName) };

    /// <summary>The address of a resource.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var resources = app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithEndpoints>().ToList();
        foreach (var resource in resources)
        {
            var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
            var endpoint = endpointName is null
                ? endpoints.FirstOrDefault(e => e.Name == "https") ?? endpoints.FirstOrDefault(e => e.Name == "http")
                : endpoints.FirstOrDefault(e => string.Equals(e.Name, endpointName, StringComparison.OrdinalIgnoreCase));
            if (Address(resource, endpoint, resourceName) is { } address)
            {
                return new Uri(address.UriString);
            }
        }

        throw new ArgumentException(
            $"There is no resource or replica '{resourceName}' with {(endpointName is null ? "an http endpoint" : $"an endpoint '{endpointName}'")}. The model has: {string.Join(", ", resources.Select(r => $"'{r.Name}'"))}.",
            nameof(resourceName));
    }

    private static AllocatedEndpoint? Address(IResource resource, EndpointAnnotation? endpoint, string name)
    {
        if (string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase))
        {
            return endpoint?.AllocatedEndpoint;
        }

        return endpoint?.ReplicaEndpoints.FirstOrDefault(r => string.Equals($"{resource.Name}-{r.Port}", name, StringComparison.OrdinalIgnoreCase));
    }
}
