using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Prepares the start of a container: image, container and files; what is launched then is the shell that stands for it.</summary>
internal sealed class ContainerLauncher(
    IResource resource, ContainerRuntime runtime, DistributedApplicationExecutionContext execution, ResourceNotificationService notifications, string folder, TimeSpan stopGrace)
{
    /// <param name="replica">The replica.</param>
    /// <param name="configuration">Its evaluated variables and arguments.</param>
    /// <param name="client">The launch of the engine's client, but for its program: environment, log file, signals.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DistributedApplicationException">The container can't be started; says why.</exception>
    public async Task<LaunchRequest> CreateAsync(ReplicaIdentity replica, ExecutionConfigurationResult configuration, LaunchRequest client, CancellationToken cancellationToken)
    {
        CheckMounts();
        var context = new ValueProviderContext { ExecutionContext = execution, Caller = resource, Replica = replica };
        var engine = await runtime.EngineAsync(cancellationToken).ConfigureAwait(false);
        var image = await ContainerImages.EnsureAsync(engine, resource, context, client.LogFile, cancellationToken).ConfigureAwait(false);
        var spec = await SpecAsync(engine, image, replica, configuration, context, cancellationToken).ConfigureAwait(false);
        var files = await FilesAsync(cancellationToken).ConfigureAwait(false);
        var (name, id) = resource.IsPersistent()
            ? await FindOrMakeAsync(engine, spec, files, cancellationToken).ConfigureAwait(false)
            : await MakeAsync(engine, spec with { Labels = Labels(ContainerOwner.SessionLifetime) }, files, cancellationToken).ConfigureAwait(false);
        await TellAsync(replica, spec, id, configuration).ConfigureAwait(false);
        var grace = Math.Max(1, (int)stopGrace.TotalSeconds - 1);
        var session = resource.IsPersistent() || runtime.HasPersistent ? null : spec.Network;
        return client with
        {
            FileName = "/bin/sh",
            Arguments = resource.IsPersistent()
                ? ContainerScript.Persistent(engine.Program, name, grace)
                : ContainerScript.Session(engine.Program, name, grace, folder, session, Environment.ProcessId),
            WorkingDirectory = "/",
        };
    }

    private List<KeyValuePair<string, string>> Labels(string lifetime) => [.. runtime.Labels(lifetime), new(ContainerOwner.ResourceLabel, resource.Name)];

    private void CheckMounts()
    {
        if (resource.Annotations.OfType<ContainerMountAnnotation>().FirstOrDefault(m => m.Type == ContainerMountType.BindMount && !Path.Exists(m.Source)) is { } missing)
        {
            throw new DistributedApplicationException($"The source '{missing.Source}' of the bind mount at '{missing.Target}' of resource '{resource.Name}' does not exist. Make it, or correct the path given to WithBindMount.");
        }
    }

    private async Task<ContainerSpec> SpecAsync(
        ContainerEngine engine, string image, ReplicaIdentity replica, ExecutionConfigurationResult configuration, ValueProviderContext context, CancellationToken cancellationToken)
    {
        var arguments = await RuntimeArgumentsAsync(context, cancellationToken).ConfigureAwait(false);
        var joins = !ContainerArguments.ChooseNetwork(arguments);
        var container = resource as ContainerResource;
        IReadOnlyList<string> own = [.. configuration.ResolvedArguments.Select(a => a.Text)];
#pragma warning disable ASPIRECONTAINERSHELLEXECUTION001 // ours, implemented here
        var shell = container?.ShellExecution == true;
#pragma warning restore ASPIRECONTAINERSHELLEXECUTION001
        return new ContainerSpec
        {
            Name = Name(replica),
            Image = image,
            Entrypoint = container?.Entrypoint,
            Arguments = shell ? ["-c", string.Join(' ', own)] : own,
            Environment = [.. configuration.ResolvedVariables.Select(v => KeyValuePair.Create(v.Name, v.Value is HostUrl && resource.HasOwnNetwork() ? SeenFromContainer(v.Text) : v.Text))],
            RuntimeArguments = arguments,
            Ports = ContainerPorts.Of(resource, replica),
            Mounts = [.. resource.Annotations.OfType<ContainerMountAnnotation>()],
            Network = joins ? await runtime.NetworkAsync(engine, cancellationToken).ConfigureAwait(false) : null,
            Aliases = joins ? Aliases() : [],
            HostAlias = ContainerArguments.ChooseHostNetwork(arguments) ? null : runtime.HostAlias,
        };
    }

    private List<string> Aliases()
        => [.. new[] { resource.Name, ContainerAddresses.NetworkName(resource.Name) }.Concat(resource.Annotations.OfType<ContainerNetworkAliasAnnotation>().Select(a => a.Alias)).Distinct(StringComparer.Ordinal)];

    private string SeenFromContainer(string url)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IsLoopback ? new UriBuilder(uri) { Host = runtime.HostName }.Uri.ToString().TrimEnd('/') : url;

    private string Name(ReplicaIdentity replica)
        => resource.IsPersistent() || resource.HasAnnotationOfType<ContainerNameAnnotation>() ? runtime.PersistentName(resource, replica.Name) : $"{replica.Name}-{ContainerOwner.RandomLetters()}";

    private async Task<List<string>> RuntimeArgumentsAsync(ValueProviderContext context, CancellationToken cancellationToken)
    {
        ContainerRuntimeArgsCallbackContext collected = new(new List<object>(), cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
        {
            await callback.Callback(collected).ConfigureAwait(false);
        }

        List<string> texts = [];
        foreach (var argument in collected.Args)
        {
            if (await ValueText.ResolveAsync(argument, context, cancellationToken).ConfigureAwait(false) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    private async Task<ReadOnlyMemory<byte>> FilesAsync(CancellationToken cancellationToken)
    {
        ContainerFilesTar tar = new(resource.Name);
        ContainerFileSystemCallbackContext context = new() { Model = resource, ServiceProvider = execution.ServiceProvider };
        foreach (var annotation in resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>())
        {
            await tar.AddAsync(annotation, await annotation.Callback(context, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return await tar.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A persistent container is found again as long as nothing that it is made of has changed.</summary>
    private async Task<(string Name, string Id)> FindOrMakeAsync(ContainerEngine engine, ContainerSpec spec, ReadOnlyMemory<byte> files, CancellationToken cancellationToken)
    {
        var built = resource.HasAnnotationOfType<DockerfileBuildAnnotation>() ? await engine.InspectAsync("image", spec.Image, "{{.Id}}", cancellationToken).ConfigureAwait(false) : null;
        var hash = Hash(spec, files, built);
        var kept = await engine.InspectAsync("container", spec.Name, Label(ContainerOwner.ConfigurationLabel), cancellationToken).ConfigureAwait(false);
        return kept == hash && await engine.InspectAsync("container", spec.Name, "{{.Id}}", cancellationToken).ConfigureAwait(false) is { } id
            ? (spec.Name, id)
            : await MakeAsync(engine, spec with { Labels = [.. Labels(ContainerOwner.PersistentLifetime), new(ContainerOwner.ConfigurationLabel, hash), new(ContainerOwner.PortsLabel, ContainerPorts.Text(spec.Ports))] }, files, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(string Name, string Id)> MakeAsync(ContainerEngine engine, ContainerSpec spec, ReadOnlyMemory<byte> files, CancellationToken cancellationToken)
    {
        await MakeRoomAsync(engine, spec.Name, cancellationToken).ConfigureAwait(false);
        var id = await engine.CreateAsync(spec, resource.Name, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!files.IsEmpty)
            {
                await engine.CopyAsync(spec.Name, files, resource.Name, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await engine.RemoveAsync(spec.Name, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return (spec.Name, id);
    }

    private async Task MakeRoomAsync(ContainerEngine engine, string name, CancellationToken cancellationToken)
    {
        if (await engine.InspectAsync("container", name, Label(ContainerOwner.AppHostLabel), cancellationToken).ConfigureAwait(false) is not { } owner)
        {
            return;
        }

        if (owner != runtime.Owner.AppHost)
        {
            throw new DistributedApplicationException(
                $"The container name '{name}' of resource '{resource.Name}' is taken by a container that this AppHost has not made. Remove that one with '{engine.Program} rm {name}', or choose another name with WithContainerName.");
        }

        await engine.RemoveAsync(name, cancellationToken).ConfigureAwait(false);
    }

    private static string Label(string label) => $"{{{{index .Config.Labels \"{label}\"}}}}";

    private static string Hash(ContainerSpec spec, ReadOnlyMemory<byte> files, string? builtImage)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in ContainerArguments.Create(spec).Append(builtImage ?? "").Concat(spec.Environment.Select(v => $"{v.Key}={v.Value}")))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{text}\0"));
        }

        hash.AppendData(files.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Task TellAsync(ReplicaIdentity replica, ContainerSpec spec, string id, ExecutionConfigurationResult configuration)
        => notifications.PublishUpdateAsync(resource, replica.Name, before => ContainerSnapshots.Map(before, spec, id, resource.IsPersistent(), configuration));
}
