using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>What all containers of a run share: the engine, found when the first one starts; the network; and the end.</summary>
internal sealed class ContainerRuntime(
    IConfiguration configuration, StackOptions options, DistributedApplicationModel model, IHostApplicationLifetime lifetime, TimeProvider time) : IAsyncDisposable
{
    private const string DockerHostName = "host.docker.internal";
    private const string PodmanHostName = "host.containers.internal";

    private readonly SemaphoreSlim _lock = new(1);
    private readonly CommandRunner _commands = new(time);
    private ContainerEngine? _engine;
    private string? _network;

    public ContainerOwner Owner { get; } = ContainerOwner.Read(configuration, options.AppHostDirectory);

    /// <summary>True when the AppHost is about to end: persistent containers are left alone then.</summary>
    public bool IsEnding => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>True when containers are to outlive the AppHost: then the network has to as well.</summary>
    public bool HasPersistent => model.Resources.Any(r => r.RunsInEngine() && r.IsPersistent());

    /// <summary>The name by which containers reach this machine.</summary>
    public string HostName => configuration["AppHost:ContainerHostname"] is { Length: > 0 } set ? set : new EngineChoice(configuration, _commands).Wanted == "podman" ? PodmanHostName : DockerHostName;

    /// <summary>The name that the engine has to be told to give to this machine; null: it does by itself, or somebody else does.</summary>
    public string? HostAlias => HostName is DockerHostName ? DockerHostName : null;

    /// <summary>Before the plan is made: looks which containers take this machine's network, since their ports are their own.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources.Where(r => r.HasOwnNetwork()).ToList())
        {
            if (ContainerArguments.ChooseHostNetwork(await PlainArgumentsAsync(resource, cancellationToken).ConfigureAwait(false)))
            {
                resource.Annotations.Add(new UnmappedPortsAnnotation());
            }
        }

        foreach (var resource in model.Resources.Where(r => r.HasOwnNetwork() && r.IsPersistent() && r.GetReplicaCount() == 1 && r.HasAnnotationOfType<EndpointAnnotation>()).ToList())
        {
            await RecallPortsAsync(resource, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The name of a persistent container: the same in each run.</summary>
    public string PersistentName(IResource resource, string replica) => resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var given) ? given.Name : $"{replica}-{Owner.Short}";

    /// <summary>After the addresses are known: tells where containers find them.</summary>
    public void Publish(StackPlan plan) => ContainerAddresses.Publish(plan, plan.Resources.Any(r => r.Resource.HasOwnNetwork()) ? HostName : DockerHostName);

    /// <exception cref="DistributedApplicationException">There is no engine.</exception>
    public async Task<ContainerEngine> EngineAsync(CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_engine is null)
            {
                var engine = new ContainerEngine(await new EngineChoice(configuration, _commands).FindAsync(cancellationToken).ConfigureAwait(false), _commands);
                if (options.Development)
                {
                    // In production they serve on, and go on with this AppHost.
                    await RemoveLeftoversAsync(engine, cancellationToken).ConfigureAwait(false);
                }

                _engine = engine;
            }

            return _engine;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>The network that the application's containers share, made when the first one joins it.</summary>
    /// <exception cref="DistributedApplicationException">The engine does not make it.</exception>
    public async Task<string> NetworkAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var name = HasPersistent ? $"aspire-persistent-network-{Owner.Short}" : $"aspire-session-network-{Owner.Session}";
            if (_network is null && await engine.InspectAsync("network", name, "{{.Name}}", cancellationToken).ConfigureAwait(false) is null)
            {
                var labels = Labels(HasPersistent ? ContainerOwner.PersistentLifetime : ContainerOwner.SessionLifetime).SelectMany(l => new[] { "--label", $"{l.Key}={l.Value}" });
                var made = await engine.RunAsync(["network", "create", .. labels, name], cancellationToken).ConfigureAwait(false);
                if (!made.Succeeded)
                {
                    throw new DistributedApplicationException($"The network '{name}' of the application's containers can't be made: {made.Said}");
                }
            }

            return _network = name;
        }
        finally
        {
            _lock.Release();
        }
    }

    public IReadOnlyList<KeyValuePair<string, string>> Labels(string lifetime) =>
    [
        new(ContainerOwner.AppHostLabel, Owner.AppHost),
        new(ContainerOwner.OwnerLabel, Owner.Process),
        new(ContainerOwner.LifetimeLabel, lifetime),
    ];

    public async ValueTask DisposeAsync()
    {
        // The guards of the last containers may still be at work, and a network that is in use is not removed.
        for (var tries = 0; _engine is { } engine && _network is { } network && !HasPersistent && tries < 20; tries++)
        {
            if ((await engine.RunAsync(["network", "rm", network], CancellationToken.None).ConfigureAwait(false)).Succeeded)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time).ConfigureAwait(false);
        }

        _lock.Dispose();
    }

    // Only texts count; what a value becomes is not known yet, and a callback that asks for addresses gets none. It is called again at the start.
    private static async Task<List<string>> PlainArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        ContainerRuntimeArgsCallbackContext context = new(new List<object>(), cancellationToken);
        try
        {
            foreach (var callback in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
            {
                await callback.Callback(context).ConfigureAwait(false);
            }
        }
        catch (InvalidOperationException)
        {
            // Too early for this one: what came before it counts.
        }

        return [.. context.Args.OfType<string>()];
    }

    private async Task RecallPortsAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var engine = await EngineAsync(cancellationToken).ConfigureAwait(false);
            var format = $"{{{{index .Config.Labels \"{ContainerOwner.AppHostLabel}\"}}}} {{{{.State.Running}}}} {{{{index .Config.Labels \"{ContainerOwner.PortsLabel}\"}}}}";
            var kept = await engine.InspectAsync("container", PersistentName(resource, resource.Name), format, cancellationToken).ConfigureAwait(false);
            if (kept?.Split(' ') is [var appHost, var running, var ports] && appHost == Owner.AppHost)
            {
                resource.Annotations.Add(new KeptPortsAnnotation(ContainerPorts.Parse(ports), running == "true"));
            }
        }
        catch (DistributedApplicationException)
        {
            // There is no engine: told when the container is to start.
        }
    }

    private async Task RemoveLeftoversAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        string[] labels = [$"{ContainerOwner.AppHostLabel}={Owner.AppHost}", $"{ContainerOwner.LifetimeLabel}={ContainerOwner.SessionLifetime}"];
        foreach (var id in await engine.ListAsync("container", labels, cancellationToken).ConfigureAwait(false))
        {
            if (await engine.InspectAsync("container", id, $"{{{{index .Config.Labels \"{ContainerOwner.OwnerLabel}\"}}}}", cancellationToken).ConfigureAwait(false) is { } owner && !ContainerOwner.IsAlive(owner))
            {
                await engine.RemoveAsync(id, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var id in await engine.ListAsync("network", labels, cancellationToken).ConfigureAwait(false))
        {
            if (await engine.InspectAsync("network", id, $"{{{{index .Labels \"{ContainerOwner.OwnerLabel}\"}}}}", cancellationToken).ConfigureAwait(false) is { } owner && !ContainerOwner.IsAlive(owner))
            {
                await engine.RunAsync(["network", "rm", id], cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
