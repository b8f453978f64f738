namespace Aspire.Hosting.ApplicationModel;

/// <summary>A snapshot, and whose it is.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">The resource's name, or that of its replica: <c>site-8001</c>.</param>
/// <param name="snapshot">The snapshot.</param>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The resource's name, or that of its replica: <c>site-8001</c>.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>The snapshot.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}
