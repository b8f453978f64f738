namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place in the resource's image from which other images can take files.</summary>
public sealed class ContainerFilesSourceAnnotation : IResourceAnnotation
{
    /// <summary>The place.</summary>
    public required string SourcePath { get; init; }
}
