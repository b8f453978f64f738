namespace Aspire.Hosting.ApplicationModel;

/// <summary>A relationship to another resource, which the dashboard shows. It changes nothing of how the two run.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="type"><c>Reference</c>, <c>WaitFor</c>, <c>Parent</c>, or a word of the AppHost's own.</param>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What it is to this one.</summary>
    public string Type { get; } = type;
}

/// <summary>The relationships that have a meaning of their own.</summary>
internal static class KnownRelationshipTypes
{
    public const string Reference = nameof(Reference);
    public const string WaitFor = nameof(WaitFor);
    public const string Parent = nameof(Parent);
}
