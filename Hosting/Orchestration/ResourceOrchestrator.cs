using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>The replicas of one resource together: starts, stops and restarts them, and sums up what they are.</summary>
internal sealed class ResourceOrchestrator(ResourcePlan plan, IReadOnlyList<InstanceSupervisor> replicas) : IAsyncDisposable
{
    // From the least to the most advanced: a resource is in the state of its least advanced replica that is meant to run.
    private static readonly InstanceState[] Progress =
    [
        InstanceState.Fatal, InstanceState.Unknown, InstanceState.Exited, InstanceState.Stopped, InstanceState.Backoff,
        InstanceState.Waiting, InstanceState.Starting, InstanceState.Stopping, InstanceState.Running,
    ];

    private static readonly InstanceHealth[] HealthFromWorst = [InstanceHealth.Dead, InstanceHealth.NotReady, InstanceHealth.Unknown, InstanceHealth.Ready];

    public ResourcePlan Plan { get; } = plan;

    public string Name => Plan.Name;

    public IReadOnlyList<InstanceSupervisor> Replicas { get; } = replicas;

    public IReadOnlyList<string> ReplicaNames { get; } = [.. plan.Replicas.Select(r => r.Name)];

    public bool IsHidden { get; } = plan.Resource.HasAnnotationOfType<ApplicationModel.HiddenAnnotation>();

    /// <summary>True when it does not start with the stack, but by command.</summary>
    public bool IsStartedByHand { get; } = plan.Resource.HasAnnotationOfType<ExplicitStartupAnnotation>();

    /// <summary>True when every replica has ended by itself with exit code 0.</summary>
    public bool HasCompleted => Replicas.All(r => r.Current is { State: InstanceState.Exited, ExitCode: 0 });

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(Replicas.Select(r => r.StartAsync(cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(Replicas.Select(r => r.StopAsync(cancellationToken)));

    /// <summary>Stops what still runs; what can't be stopped is logged by its supervisor when it is disposed.</summary>
    public async Task StopQuietlyAsync()
    {
        try
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (DistributedApplicationException)
        {
            // Said at its disposal.
        }
    }

    public void Kill()
    {
        foreach (var replica in Replicas)
        {
            replica.Kill();
        }
    }

    /// <summary>One at a time, those that are not ready first; ends at the first that does not come back, so that the others serve on.</summary>
    public async Task RestartAsync(bool onlyWanted, CancellationToken cancellationToken)
    {
        foreach (var replica in Replicas.Where(r => r.Current.Wanted || !onlyWanted).OrderBy(r => r.Current.Health == InstanceHealth.Ready).ThenBy(r => r.Current.Index).ToList())
        {
            await replica.RestartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a command on the resource, or on one of its replicas.</summary>
    public async Task<CommandOutcome> ExecuteAsync(string command, InstanceSupervisor? replica, CancellationToken cancellationToken)
    {
        try
        {
            await (command switch
            {
                "start" => replica?.StartAsync(cancellationToken) ?? StartAsync(cancellationToken),
                "stop" => replica?.StopAsync(cancellationToken) ?? StopAsync(cancellationToken),
                "restart" => replica?.RestartAsync(cancellationToken) ?? RestartAsync(onlyWanted: false, cancellationToken),
                _ => throw new DistributedApplicationException($"'{Name}' has no command '{command}'. It has start, stop and restart."),
            }).ConfigureAwait(false);
            return CommandOutcome.Done();
        }
        catch (DistributedApplicationException e)
        {
            return CommandOutcome.Failed(e.Message);
        }
    }

    public ResourceStatus Status()
    {
        var all = Replicas.Select(r => r.Current).ToList();
        var wanted = all.Where(r => r.Wanted).ToList();
        var judged = wanted.Count > 0 ? wanted : all;
        return new ResourceStatus
        {
            Name = Name,
            Type = Plan.Type,
            State = (judged.Count == 0 ? InstanceState.Stopped : Progress.First(s => judged.Exists(r => r.State == s))).ToString(),
            Health = (wanted.Count == 0 ? InstanceHealth.Unknown : HealthFromWorst.First(h => wanted.Exists(r => r.Health == h))).ToString(),
            Urls = [.. Plan.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").Select(e => e.AllocatedEndpoint?.UriString).OfType<string>()],
            Wanted = wanted.Count,
            Ready = wanted.Count(r => r is { State: InstanceState.Running, Health: InstanceHealth.Ready }),
            Hidden = IsHidden,
            Replicas = [.. all.Select(Status)],
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in Replicas)
        {
            await replica.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ReplicaStatus Status(InstanceSnapshot replica) => new()
    {
        Name = replica.Name,
        State = replica.State.ToString(),
        Health = replica.Health.ToString(),
        Pid = replica.Pid,
        Port = replica.Port,
        Restarts = replica.Restarts,
        StartedAt = replica.StartedAt,
        Generation = replica.Generation,
        Url = Url(replica.Index),
        Failures = replica.Failures,
        NextAttemptAt = replica.NextAttemptAt,
        LastExit = replica.LastExit,
        Reason = replica.Reason,
        Traffic = replica.Traffic.ToString(),
        Adopted = replica.Adopted,
    };

    private string? Url(int index)
        => Plan.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.UriScheme is "http" or "https") is { } endpoint && index < endpoint.ReplicaEndpoints.Count
            ? endpoint.ReplicaEndpoints[index].UriString
            : null;
}
