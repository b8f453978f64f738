namespace Aspire.Hosting.ApplicationModel;

/// <summary>Files of another resource's image that the image of this one takes when it is built.</summary>
public sealed class ContainerFilesDestinationAnnotation : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public required IResource Source { get; init; }

    /// <summary>Where they go in the image of this one.</summary>
    public required string DestinationPath { get; init; }
}
