using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

public static partial class ResourceExtensions
{
    /// <summary>Reads the name of the image that a container runs: <c>registry/image:tag</c> or <c>registry/image@sha256:digest</c>; the image that its Dockerfile makes goes first.</summary>
    /// <param name="resource">The container.</param>
    /// <param name="imageName">The name.</param>
    public static bool TryGetContainerImageName(this IResource resource, [NotNullWhen(true)] out string? imageName)
        => TryGetContainerImageName(resource, useBuiltImage: true, out imageName);

    /// <summary>Reads the name of the image that a container runs: <c>registry/image:tag</c> or <c>registry/image@sha256:digest</c>.</summary>
    /// <param name="resource">The container.</param>
    /// <param name="useBuiltImage">True: the image that its Dockerfile makes, if it has one, goes first.</param>
    /// <param name="imageName">The name.</param>
    public static bool TryGetContainerImageName(this IResource resource, bool useBuiltImage, [NotNullWhen(true)] out string? imageName)
    {
        ArgumentNullException.ThrowIfNull(resource);
        imageName = useBuiltImage && resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build) && build.ImageName is { Length: > 0 } built
            ? string.IsNullOrEmpty(build.ImageTag) ? built : $"{built}:{build.ImageTag}"
            : resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image) ? ImageName.Text(image) : null;
        return imageName is not null;
    }

    /// <summary>Reads the volumes and bind mounts of a container.</summary>
    /// <param name="resource">The container.</param>
    /// <param name="volumeMounts">They, in the order they were added.</param>
    public static bool TryGetContainerMounts(this IResource resource, [NotNullWhen(true)] out IEnumerable<ContainerMountAnnotation>? volumeMounts)
        => resource.TryGetAnnotationsOfType(out volumeMounts);
}
