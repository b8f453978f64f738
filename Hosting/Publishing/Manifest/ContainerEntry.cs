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
        container.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build);
        context.Writer.WriteString("type", deployment is null && build is null ? "container.v0" : "container.v1");
        context.WriteConnectionString(container);
        if (build is not null)
        {
            WriteBuild(context, container, build);
        }
        else
        {
            context.Writer.WriteString("image", Image(container));
        }

        await SharedFields.WriteDeploymentAsync(context, deployment).ConfigureAwait(false);
        if (container.Entrypoint is { } entrypoint)
        {
            context.Writer.WriteString("entrypoint", entrypoint);
        }

        await context.WriteCommandLineArgumentsAsync(container).ConfigureAwait(false);
        SharedFields.WriteContainerFiles(context, container);
        WriteMounts(context, container);
        await context.WriteEnvironmentVariablesAsync(container).ConfigureAwait(false);
        context.WriteBindings(container);
    }

    private static string Image(ContainerResource container)
        => container.TryGetContainerImageName(useBuiltImage: false, out var image)
            ? image
            : throw new DistributedApplicationException($"Container '{container.Name}' has no image, so it can't be published. Give it one with WithImage, or leave it out with ExcludeFromManifest.");

    private static void WriteBuild(ManifestPublishingContext context, ContainerResource container, DockerfileBuildAnnotation build)
    {
        var writer = context.Writer;
        writer.WriteStartObject("build");
        writer.WriteString("context", context.GetManifestRelativePath(build.ContextPath));
        writer.WriteString("dockerfile", context.GetManifestRelativePath(build.DockerfilePath));
        if (build.Stage is { } stage)
        {
            writer.WriteString("stage", stage);
        }

        if (!build.HasEntrypoint)
        {
            writer.WriteBoolean("buildOnly", true);
        }

        // An argument without a value is taken from the environment of the build, for which the format has no form: the Dockerfile's own default counts.
        var arguments = build.BuildArguments.Where(a => a.Value is not null).ToList();
        if (arguments.Count > 0)
        {
            writer.WriteStartObject("args");
            foreach (var (name, value) in arguments)
            {
                writer.WriteString(name, ManifestValues.Text(context, value, () => $"The build argument '{name}' of container '{container.Name}'"));
            }

            writer.WriteEndObject();
        }

        if (build.BuildSecrets.Count > 0)
        {
            writer.WriteStartObject("secrets");
            foreach (var (name, value) in build.BuildSecrets)
            {
                WriteSecret(context, container, name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteSecret(ManifestPublishingContext context, ContainerResource container, string name, object value)
    {
        context.Writer.WriteStartObject(name);
        if (value is FileInfo file)
        {
            context.Writer.WriteString("type", "file");
            context.Writer.WriteString("source", context.GetManifestRelativePath(file.FullName));
        }
        else
        {
            context.Writer.WriteString("type", "env");
            context.Writer.WriteString("value", ManifestValues.Text(context, value, () => $"The build secret '{name}' of container '{container.Name}'"));
        }

        context.Writer.WriteEndObject();
    }

    private static void WriteMounts(ManifestPublishingContext context, ContainerResource container)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().ToLookup(m => m.Type);
        if (mounts[ContainerMountType.BindMount].Any())
        {
            context.Writer.WriteStartArray("bindMounts");
            foreach (var mount in mounts[ContainerMountType.BindMount])
            {
                WriteMount(context, mount, "source", context.GetManifestRelativePath(mount.Source));
            }

            context.Writer.WriteEndArray();
        }

        if (mounts[ContainerMountType.Volume].Any())
        {
            context.Writer.WriteStartArray("volumes");
            foreach (var mount in mounts[ContainerMountType.Volume])
            {
                WriteMount(context, mount, "name", mount.Source);
                if (string.IsNullOrEmpty(mount.Source))
                {
                    context.Warnings.Add(
                        $"Container '{container.Name}' has a volume without a name at '{mount.Target}', and the manifest's format wants one: tools that deploy it may refuse the resource. Give the volume a name.");
                }
            }

            context.Writer.WriteEndArray();
        }
    }

    private static void WriteMount(ManifestPublishingContext context, ContainerMountAnnotation mount, string field, string? source)
    {
        context.Writer.WriteStartObject();
        if (!string.IsNullOrEmpty(source))
        {
            context.Writer.WriteString(field, source);
        }

        context.Writer.WriteString("target", mount.Target.Replace('\\', '/'));
        context.Writer.WriteBoolean("readOnly", mount.IsReadOnly);
        context.Writer.WriteEndObject();
    }
}
