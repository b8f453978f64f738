using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes fields that several types of resources have.</summary>
internal static class SharedFields
{
    /// <summary>Writes what the resource becomes in the environment it is deployed to.</summary>
    public static async Task WriteDeploymentAsync(ManifestPublishingContext context, DeploymentTargetAnnotation? deployment)
    {
        if (deployment is null)
        {
            return;
        }

        context.Writer.WriteStartObject("deployment");
        if (deployment.DeploymentTarget.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var manifest) && manifest.Callback is { } callback)
        {
            await callback(context).ConfigureAwait(false);
        }
        else
        {
            throw new DistributedApplicationException(
                $"The deployment target '{deployment.DeploymentTarget.Name}' does not say what it looks like in the manifest. Give it a callback with WithManifestPublishingCallback.");
        }

        context.Writer.WriteEndObject();
    }

    /// <summary>Writes which files of other images the resource's image takes.</summary>
    public static void WriteContainerFiles(ManifestPublishingContext context, IResource resource)
    {
        var destinations = resource.Annotations.OfType<ContainerFilesDestinationAnnotation>().ToList();
        if (destinations.Count == 0)
        {
            return;
        }

        context.Writer.WriteStartObject("containerFiles");

        // A source that is named twice is one object; its last destination counts.
        foreach (var bySource in destinations.GroupBy(d => d.Source.Name, StringComparer.OrdinalIgnoreCase))
        {
            var destination = bySource.Last();
            context.Writer.WriteStartObject(destination.Source.Name);
            context.Writer.WriteString("destination", destination.DestinationPath);
            var sources = destination.Source.Annotations.OfType<ContainerFilesSourceAnnotation>().ToList();
            if (sources.Count > 0)
            {
                context.Writer.WriteStartArray("sources");
                sources.ForEach(s => context.Writer.WriteStringValue(s.SourcePath));
                context.Writer.WriteEndArray();
            }

            context.Writer.WriteEndObject();
            context.TryAddDependentResources(destination.Source);
        }

        context.Writer.WriteEndObject();
    }
}
