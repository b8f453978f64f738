using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Compose;

/// <summary>Writes the model's own containers, and says which of its resources can't be one.</summary>
internal static class ComposeContainers
{
    public static YamlMap Write(PublishPlan plan, PublishedProgram program, PublishedReplica replica, YamlMap? dependsOn)
    {
        var container = (ContainerResource)program.Resource;
        return new YamlMap
        {
            { "image", ComposeText.Literal(Image(container)) },
            { "entrypoint", container.Entrypoint is { } entrypoint ? [ComposeText.Literal(entrypoint)] : null },
            { "command", program.Arguments.Select(ComposeText.Of).ToList() },
            { "environment", replica.Environment.Count > 0 ? ComposeText.Environment(replica.Environment.Where(v => !v.Key.StartsWith("STACK_", StringComparison.Ordinal))) : null },
            { "volumes", Mounts(container).Select(m => Mount(m.Mount, m.Setting)).ToList() },
            { "depends_on", dependsOn },
            { "ports", Ports(plan, container) },
            { "logging", ComposeServices.Logging },
            { "restart", program.IsJob ? "no" : "unless-stopped" },
            { "stop_grace_period", ComposeServices.Seconds(program.StopGrace) },
        };
    }

    public static string Image(IResource container)
        => container.TryGetContainerImageName(useBuiltImage: false, out var image)
            ? image
            : throw new DistributedApplicationException($"Container '{container.Name}' has no image, so it can't be published. Give it one with WithImage, or leave it out with ExcludeFromManifest.");

    /// <summary>Folders of the host are the user's, who names them in <c>.env</c>.</summary>
    public static IEnumerable<SeedKey> Seeds(PublishPlan plan)
        => plan.Programs.Where(p => p.Resource is ContainerResource).SelectMany(p => Mounts(p.Resource).Where(m => m.Setting is not null)
            .Select(m => new SeedKey(m.Setting!, [$"The file or folder of this machine that '{p.Name}' sees as {m.Mount.Target}.", "Needed."], null)));

    public static IEnumerable<string> Volumes(PublishPlan plan)
        => plan.Programs.Where(p => p.Resource is ContainerResource).SelectMany(p => Mounts(p.Resource)).Where(m => m.Setting is null && m.Mount.Source is { Length: > 0 }).Select(m => m.Mount.Source!);

    /// <returns>In full sentences, each with its remedy.</returns>
    public static IEnumerable<string> FaultsOf(IResource resource)
    {
        if (resource is not ContainerResource and not ProjectResource)
        {
            yield return $"'{resource.Name}' runs a program of this machine, which no container has. Declare it as a container with AddContainer, or leave it out with ExcludeFromManifest.";
        }

        if (resource.HasAnnotationOfType<DockerfileBuildAnnotation>())
        {
            yield return $"'{resource.Name}' is built of a Dockerfile, which is not done where it is published to. Push its image and declare it with AddContainer in publish mode.";
        }

        if (resource.HasAnnotationOfType<ContainerFileSystemCallbackAnnotation>() || resource.HasAnnotationOfType<ContainerFilesDestinationAnnotation>())
        {
            yield return $"'{resource.Name}' gets files that are made when it is started, which can't be published. Put them into its image, or mount a folder with WithBindMount.";
        }
    }

    private static string Mount(ContainerMountAnnotation mount, string? setting)
    {
        var source = setting is null ? mount.Source : $"${{{setting}:?is missing in {ComposeText.Seed}}}";
        return $"{(source is { Length: > 0 } ? $"{source}:" : "")}{ComposeText.Literal(mount.Target)}{(mount.IsReadOnly ? ":ro" : "")}";
    }

    private static IEnumerable<(ContainerMountAnnotation Mount, string? Setting)> Mounts(IResource container)
    {
        var binds = 0;
        foreach (var mount in container.Annotations.OfType<ContainerMountAnnotation>())
        {
            yield return (mount, mount.Type == ContainerMountType.BindMount ? $"{ComposeText.Name(container.Name)}_MOUNT_{++binds}" : null);
        }
    }

    private static List<string> Ports(PublishPlan plan, ContainerResource container)
        => plan.Gateways.Any(g => g.Sites.Contains(container.Name)) ? [] :
            [.. container.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsExternal && (e.TargetPort ?? e.Port) is not null)
                .Select(e => ComposeServices.Port($"{container.Name}-{e.Name}", isExternal: true, (e.Port ?? e.TargetPort)!.Value, (e.TargetPort ?? e.Port)!.Value))];
}
