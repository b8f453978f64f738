using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a callback gets that changes the URLs of a resource.</summary>
/// <param name="executionContext">Run or publish.</param>
/// <param name="resource">The resource.</param>
/// <param name="urls">Its URLs so far.</param>
/// <param name="cancellationToken">Ends when the start is given up.</param>
public class ResourceUrlsCallbackContext(
    DistributedApplicationExecutionContext executionContext, IResource resource, List<ResourceUrlAnnotation>? urls = null, CancellationToken cancellationToken = default)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Its URLs so far: one for each endpoint, and those that the AppHost added.</summary>
    public List<ResourceUrlAnnotation> Urls { get; } = urls ?? [];

    /// <summary>Ends when the start is given up.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The resource's log.</summary>
    public ILogger Logger { get; set; } = NullLogger.Instance;

    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>A reference to an endpoint of the resource; null: it can't have any.</summary>
    /// <param name="name">Name of the endpoint.</param>
    public EndpointReference? GetEndpoint(string name) => Resource is IResourceWithEndpoints owner ? owner.GetEndpoint(name) : null;

    /// <summary>A reference to an endpoint of the resource as one network sees it; null: it can't have any.</summary>
    /// <param name="name">Name of the endpoint.</param>
    /// <param name="contextNetworkID">The network.</param>
    public EndpointReference? GetEndpoint(string name, NetworkIdentifier contextNetworkID)
        => Resource is IResourceWithEndpoints owner ? owner.GetEndpoint(name, contextNetworkID) : null;
}
