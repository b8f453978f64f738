using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>Writes the whole manifest: the model's resources in their order, then those that they refer to and the model does not have.</summary>
internal static class ManifestWriter
{
    public static async Task WriteAsync(ManifestPublishingContext context, DistributedApplicationModel model)
    {
        context.Writer.WriteStartObject();
        context.Writer.WriteStartObject("resources");
        HashSet<string> written = new(model.Resources.Select(r => r.Name), StringComparer.OrdinalIgnoreCase);
        context.IsTaken = written.Contains;
        foreach (var resource in model.Resources.ToList())
        {
            await WriteAsync(context, resource).ConfigureAwait(false);
        }

        // Writing one may add others to the end.
        for (var i = 0; i < context.Referenced.All.Count; i++)
        {
            if (written.Add(context.Referenced.All[i].Name))
            {
                await WriteAsync(context, context.Referenced.All[i]).ConfigureAwait(false);
            }
        }

        context.Annotated.Write(context.Writer);
        context.Writer.WriteEndObject();
        context.Writer.WriteEndObject();
        await context.Writer.FlushAsync(context.CancellationToken).ConfigureAwait(false);
    }

    private static async Task WriteAsync(ManifestPublishingContext context, IResource resource)
    {
        if (resource.IsExcludedFromPublish())
        {
            return;
        }

        context.Writer.WriteStartObject(resource.Name);
        await WriteFieldsAsync(context, resource).ConfigureAwait(false);
        context.Writer.WriteEndObject();
        if (resource.GetReplicaCount() is > 1 and var replicas)
        {
            context.Warnings.Add(
                $"Resource '{resource.Name}' has {replicas} replicas, and the manifest's format can't say so: what deploys it decides how many run. Set the number there ('{Path.GetFileName(ManifestSidecar.FileFor(context.ManifestPath))}' has it), or publish to a target that keeps it.");
        }

        if (resource.Annotations.OfType<GatewayAnnotation>().LastOrDefault()?.Gateway is { } gateway)
        {
            context.Warnings.Add(
                $"The gateway '{gateway.Name}' is in the manifest without its configuration, for which the format has no place: it does not pass requests on to '{resource.Name}' by itself. Let what deploys the manifest do that, and leave '{gateway.Name}' out (ExcludeFromManifest), or give it an image that has the configuration.");
        }
    }

    private static async Task WriteFieldsAsync(ManifestPublishingContext context, IResource resource)
    {
        if (resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var manifest))
        {
            await manifest.Callback!(context).ConfigureAwait(false);
            return;
        }

        switch (resource)
        {
            case ContainerResource container:
                await context.WriteContainerAsync(container).ConfigureAwait(false);
                break;
            case ProjectResource project:
                await ProjectEntry.WriteAsync(context, project).ConfigureAwait(false);
                break;
            case ExecutableResource executable:
                await ExecutableEntry.WriteAsync(context, executable).ConfigureAwait(false);
                break;
            case ParameterResource parameter:
                ParameterEntry.Write(context, parameter);
                break;
            case IResourceWithConnectionString:
                context.Writer.WriteString("type", "value.v0");
                context.WriteConnectionString(resource);
                break;
            default:
                WriteError(context, resource);
                break;
        }
    }

    private static void WriteError(ManifestPublishingContext context, IResource resource)
    {
        context.Writer.WriteString("error", $"A resource of type {resource.GetType().Name} has no form in the manifest.");
        context.Warnings.Add(
            $"Resource '{resource.Name}' of type {resource.GetType().Name} has no form in the manifest, and tools that read it will refuse it. Leave it out with ExcludeFromManifest, or write it with WithManifestPublishingCallback.");
    }
}
