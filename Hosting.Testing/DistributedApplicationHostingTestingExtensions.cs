using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>What a test asks of a running application.</summary>
public static class DistributedApplicationHostingTestingExtensions
{
    /// <summary>Makes an HTTP client for a resource by the application's client factory. It is the caller's to dispose.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null)
    {
        var address = app.GetEndpoint(resourceName, endpointName);
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        client.BaseAddress = address;
        return client;
    }

    /// <summary>The address of a resource, as this machine sees it.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource, or of one of its replicas (ours).</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null)
        => app.GetEndpointForNetwork(resourceName, networkIdentifier: null, endpointName);

    /// <summary>The address of a resource, as a network sees it.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource; without a network also of one of its replicas (ours).</param>
    /// <param name="networkIdentifier">The network; null: this machine.</param>
    /// <param name="endpointName">Name of the endpoint; default <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="InvalidOperationException">The application has not been started, or the endpoint has no address on that network.</exception>
    /// <exception cref="ArgumentException">There is no such resource or endpoint.</exception>
    public static Uri GetEndpointForNetwork(this DistributedApplication app, string resourceName, NetworkIdentifier? networkIdentifier, string? endpointName = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        var (resource, replica) = Find(app, resourceName);
        if (resource is not IResourceWithEndpoints owner)
        {
            throw new ArgumentException($"Resource '{resourceName}' has no endpoints.", nameof(resourceName));
        }

        var endpoint = Endpoint(owner, endpointName);
        EnsureStarted(app, resourceName);
        return new Uri(replica is { } index
            ? endpoint.ReplicaEndpoints[index].UriString
            : new EndpointReference(owner, endpoint, networkIdentifier).Url);
    }

    /// <summary>The connection string of a resource.</summary>
    /// <param name="app">The application.</param>
    /// <param name="resourceName">Name of the resource.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The application has not been started.</exception>
    /// <exception cref="ArgumentException">There is no such resource, or it has no connection string.</exception>
    public static ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        if (Find(app, resourceName).Resource is not IResourceWithConnectionString resource)
        {
            throw new ArgumentException($"Resource '{resourceName}' has no connection string.", nameof(resourceName));
        }

        EnsureStarted(app, resourceName);
        return resource.GetConnectionStringAsync(cancellationToken);
    }

    private static (IResource Resource, int? Replica) Find(DistributedApplication app, string resourceName)
    {
        var resources = app.Services.GetRequiredService<DistributedApplicationModel>().Resources;
        if (resources.FirstOrDefault(r => Same(r.Name, resourceName)) is { } resource)
        {
            return (resource, null);
        }

        foreach (var owner in resources)
        {
            var index = owner.GetReplicaNames().ToList().FindIndex(r => Same(r, resourceName));
            if (index >= 0)
            {
                return (owner, index);
            }
        }

        throw new ArgumentException(
            $"There is no resource or replica '{resourceName}'. The model has: {string.Join(", ", resources.Select(r => $"'{r.Name}'"))}.", nameof(resourceName));
    }

    private static EndpointAnnotation Endpoint(IResourceWithEndpoints resource, string? endpointName)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var found = string.IsNullOrEmpty(endpointName)
            ? endpoints.Find(e => Same(e.Name, "https")) ?? endpoints.Find(e => Same(e.Name, "http"))
            : endpoints.Find(e => Same(e.Name, endpointName));
        return found ?? throw new ArgumentException(
            $"Resource '{resource.Name}' has no endpoint {(string.IsNullOrEmpty(endpointName) ? "'https' or 'http'" : $"'{endpointName}'")}. It has: {(endpoints.Count == 0 ? "none" : string.Join(", ", endpoints.Select(e => $"'{e.Name}'")))}.",
            nameof(endpointName));
    }

    private static void EnsureStarted(DistributedApplication app, string name)
    {
        if (!app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The application has not been started, so resource '{name}' can't be reached. Call StartAsync first.");
        }
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
