using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes a container.</summary>
internal static class ContainerEntry
{
    public static async Task WriteAsync(ManifestPublishingContext context, ContainerResource container)
    {
        var deployment = container.GetDeploymentTargetAnnotation();
        context.Writer.WriteString("type", deployment is null ? "container.v0" : "container.v1");
        context.WriteConnectionString(container);
        context.Writer.WriteString("image", Image(container));
        await SharedFields.WriteDeploymentAsync(context, deployment).ConfigureAwait(false);
        if (container.Entrypoint is { } entrypoint)
        {
            context.Writer.WriteString("entrypoint", entrypoint);
        }

        await context.WriteCommandLineArgumentsAsync(container).ConfigureAwait(false);
        SharedFields.WriteContainerFiles(context, container);
        await context.WriteEnvironmentVariablesAsync(container).ConfigureAwait(false);
        context.WriteBindings(container);
    }

    private static string Image(ContainerResource container)
    {
        if (!container.TryGetLastAnnotation<ContainerImageAnnotation>(out var image))
        {
            throw new DistributedApplicationException($"Container '{container.Name}' has no image, so it can't be published. Give it one with WithImage, or leave it out with ExcludeFromManifest.");
        }

        var name = image.Registry is { Length: > 0 } registry ? $"{registry}/{image.Image}" : image.Image;
        return image.SHA256 is { } digest ? $"{name}@sha256:{digest}" : image.Tag is { } tag ? $"{name}:{tag}" : name;
    }
}
