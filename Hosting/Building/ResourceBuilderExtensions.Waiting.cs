using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Lets the resource start when another one runs and is healthy, all replicas of it.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself.</exception>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.Wait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilHealthy));

    /// <summary>Lets the resource start when another one runs.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself.</exception>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.Wait(new WaitAnnotation(dependency.Resource, WaitType.WaitUntilStarted));

    /// <summary>Lets the resource start when another one has ended with an exit code.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <param name="exitCode">The exit code that counts as success.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself.</exception>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport
        => builder.Wait(new WaitAnnotation(dependency.Resource, WaitType.WaitForCompletion, exitCode));

    /// <summary>Checks each replica's health by HTTP, directly on its own port; a replica is ready when the check succeeds.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path of the check; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    /// <param name="endpointName">The endpoint; default the one named <c>https</c>, else <c>http</c>.</param>
    /// <exception cref="DistributedApplicationException">At start: there is no such endpoint, or it does not speak http.</exception>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, [EndpointName] string? endpointName = null)
        where T : IResourceWithEndpoints
        => builder.WithHttpHealthCheck(() => HealthEndpoint(builder.Resource, endpointName), path, statusCode);

    /// <summary>Checks each replica's health by HTTP, directly on its own port; a replica is ready when the check succeeds.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="endpointSelector">Chooses the endpoint.</param>
    /// <param name="path">Path of the check; default <c>/</c>.</param>
    /// <param name="statusCode">The status that means healthy; default 200.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, Func<EndpointReference> endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        ArgumentNullException.ThrowIfNull(builder);
        var check = path is null ? "/" : path.StartsWith('/') ? path : $"/{path}";
        var status = statusCode ?? 200;
        var key = $"{builder.Resource.Name}_{check}_{status}_check";
        return builder
            .WithAnnotation(new HttpHealthCheckAnnotation(endpointSelector, check, status, key), ResourceAnnotationMutationBehavior.Replace)
            .WithAnnotation(new HealthCheckAnnotation(key));
    }

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, WaitAnnotation wait)
        where T : IResourceWithWaitSupport
        => ReferenceEquals(builder.Resource, wait.Resource)
            ? throw new DistributedApplicationException($"The resource '{builder.Resource.Name}' can't wait for itself. Remove that wait.")
            : builder.WithAnnotation(wait);

    private static EndpointReference HealthEndpoint(IResourceWithEndpoints resource, string? name)
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
}
