using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>
/// A health check by HTTP. Of a resource that is supervised each replica is asked by its supervisor, on its own port; this one, which is registered under the same key, serves all others, and who asks
/// for the check by its key.
/// </summary>
internal sealed class HttpHealthCheck(HttpHealthCheckAnnotation check) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static IResourceBuilder<T> Add<T>(IResourceBuilder<T> builder, Func<EndpointReference> endpoint, string path, int status)
        where T : IResourceWithEndpoints
    {
        var rooted = Rooted(path);
        var name = NameOf(builder.Resource, endpoint);
        var check = new HttpHealthCheckAnnotation(endpoint, rooted, status, $"{builder.Resource.Name}_{name}_{rooted}_{status}_check");
        builder.WithHealthCheck(check.Key);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(check.Key, _ => new HttpHealthCheck(check), null, null, Limit));
        return builder.WithAnnotation(check);
    }

    public static string Rooted(string path) => path.StartsWith('/') ? path : $"/{path}";

    /// <exception cref="DistributedApplicationException">The resource has no such endpoint, or it does not speak http.</exception>
    public static EndpointReference DefaultEndpoint(IResourceWithEndpoints resource, string? name)
    {
        var tried = name is null ? new[] { "https", "http" } : [name];
        var endpoint = tried.Select(n => resource.GetEndpoint(n)).FirstOrDefault(e => e.Exists)
            ?? throw new DistributedApplicationException(
                $"The health check of resource '{resource.Name}' needs an endpoint named {string.Join(" or ", tried.Select(t => $"'{t}'"))}, and it has none. Declare it, or name another with endpointName:.");
        return endpoint.IsHttp || endpoint.IsHttps
            ? endpoint
            : throw new DistributedApplicationException(
                $"The health check of resource '{resource.Name}' can't use endpoint '{endpoint.EndpointName}': its scheme is '{endpoint.Scheme}'. Name one that speaks http.");
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var url = new Uri(new Uri(check.Endpoint().Url), check.Path);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return status == check.StatusCode
                ? HealthCheckResult.Healthy($"{url} answered {status}")
                : new HealthCheckResult(context.Registration.FailureStatus, $"{url} answered {status} instead of {check.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"{url} did not answer: {e.Message}", e);
        }
    }

    // A project may get its endpoint later, from WithSequentialPorts: it is looked for at start then.
    private static string NameOf(IResourceWithEndpoints resource, Func<EndpointReference> endpoint)
    {
        try
        {
            return endpoint().EndpointName;
        }
        catch (DistributedApplicationException) when (resource is ProjectResource)
        {
            return "http";
        }
    }
}
