using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>Works out the URLs of a resource: one for each endpoint, those that the AppHost added, and what its callbacks make of them.</summary>
internal static class ResourceUrls
{
    /// <summary>Runs the callbacks, once for the resource.</summary>
    public static async Task<IReadOnlyList<ResourceUrlAnnotation>> ComputeAsync(
        IResource resource, DistributedApplicationExecutionContext execution, ILogger logger, CancellationToken cancellationToken)
    {
        List<ResourceUrlAnnotation> urls = [];
        if (resource is IResourceWithEndpoints owner)
        {
            urls.AddRange(resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null)
                .Select(e => new ResourceUrlAnnotation { Url = e.AllocatedEndpoint!.UriString, Endpoint = new EndpointReference(owner, e) }));
        }

        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>()
            .Select(u => new ResourceUrlAnnotation { Url = u.Url, DisplayText = u.DisplayText, DisplayOrder = u.DisplayOrder, DisplayLocation = u.DisplayLocation, Endpoint = u.Endpoint }));
        var context = new ResourceUrlsCallbackContext(execution, resource, urls, cancellationToken) { Logger = logger };
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>())
        {
            await callback.Callback(context).ConfigureAwait(false);
        }

        return [.. context.Urls.Select(u => Absolute(resource, u))];
    }

    /// <summary>The URLs as one replica shows them: what belongs to an endpoint is on the replica's own address.</summary>
    public static IEnumerable<UrlSnapshot> ForReplica(IEnumerable<ResourceUrlAnnotation> urls, int index)
        => urls.Select(u => new UrlSnapshot(u.Endpoint?.EndpointName, OnReplica(u, index), u.DisplayLocation == UrlDisplayLocation.DetailsOnly)
        {
            IsInactive = u.Endpoint is not null,
            DisplayProperties = new UrlDisplayPropertiesSnapshot(u.DisplayText ?? "", u.DisplayOrder ?? 0),
        });

    // A relative one goes to its endpoint, or to the first that the resource has.
    private static ResourceUrlAnnotation Absolute(IResource resource, ResourceUrlAnnotation url)
    {
        // "/path" is an absolute file name to Uri on Unix.
        if (!url.Url.StartsWith('/') && Uri.TryCreate(url.Url, UriKind.Absolute, out _))
        {
            return url;
        }

        var endpoint = url.Endpoint ?? (resource as IResourceWithEndpoints)?.GetEndpoints().FirstOrDefault(e => e.IsAllocated && (e.IsHttp || e.IsHttps));
        return endpoint is { IsAllocated: true }
            ? new ResourceUrlAnnotation
            {
                Url = new Uri(new Uri(endpoint.Url), url.Url).ToString(),
                DisplayText = url.DisplayText,
                DisplayOrder = url.DisplayOrder,
                DisplayLocation = url.DisplayLocation,
                Endpoint = endpoint,
            }
            : url;
    }

    private static string OnReplica(ResourceUrlAnnotation url, int index)
    {
        var replicas = url.Endpoint is { Exists: true } endpoint ? endpoint.EndpointAnnotation.ReplicaEndpoints : [];
        var front = url.Endpoint is { IsAllocated: true } allocated ? allocated.Url : null;
        return front is not null && index < replicas.Count && url.Url.StartsWith(front, StringComparison.OrdinalIgnoreCase)
            ? replicas[index].UriString + url.Url[front.Length..]
            : url.Url;
    }
}
