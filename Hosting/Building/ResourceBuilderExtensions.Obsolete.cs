using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Checks the health of the resource by a request to its https endpoint.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Path of the request; null: <c>/</c>.</param>
    /// <param name="statusCode">The status that counts as healthy; null: 200.</param>
    /// <param name="endpointName">Name of the endpoint; null: <c>https</c>.</param>
    /// <exception cref="DistributedApplicationException">There is no such endpoint, or it is not http.</exception>
    [Obsolete("Use WithHttpHealthCheck, with the name of the endpoint.")]
    public static IResourceBuilder<T> WithHttpsHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints => builder.WithHttpHealthCheck(path, statusCode, endpointName ?? "https");
}
