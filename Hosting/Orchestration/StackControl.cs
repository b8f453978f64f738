using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>What the control socket may ask of the running stack, and the events it hands on.</summary>
internal sealed class StackControl : IStackControl
{
    private const string Stopping = "The AppHost is stopping.";

    private readonly StackOptions _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ResourceCommandService _commands;
    private readonly ResourceDetailer _details;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private volatile bool _isStarting = true;
    private readonly EventHub _events;
    private readonly ConcurrentDictionary<string, InstanceTimeline> _timelines = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConditionalWeakTable<ReplicaStatus, MeasuredReplica> _measured = [];

    public StackControl(StackOptions options, IHostApplicationLifetime lifetime, ResourceCommandService commands, ResourceDetailer details, TimeProvider time)
    {
        _options = options;
        _lifetime = lifetime;
        _commands = commands;
        _details = details;
        _time = time;
        _startedAt = time.GetUtcNow();
        _events = new EventHub(Snapshot, time);
        Samples = new ProcessSampler(() => Observe().Where(r => r.Now.Pid is not null).Select(r => (r.Now.Name, r.Now.Pid!.Value)), new ProcessFiles(), Sampled, time);
    }

    /// <summary>What the replicas use.</summary>
    public ProcessSampler Samples { get; }

    public DashboardAccess? Dashboard { get; private set; }

    public IReadOnlyList<ResourceOrchestrator> Resources { get; private set; } = [];

    /// <summary>True when the AppHost is to end without its replicas.</summary>
    public bool LeavesRunning { get; private set; }

    public bool IsDevelopment => _options.Development;

    /// <summary>From now on there is something to see and to command.</summary>
    public void Begin(IReadOnlyList<ResourceOrchestrator> resources, DashboardAccess? dashboard)
    {
        Resources = resources;
        Dashboard = dashboard;
    }

    /// <summary>All that is to run has been told to.</summary>
    public void EndStart() => _isStarting = false;

    /// <summary>Opens the socket.</summary>
    public Task<ControlServer> ServeAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
        => ControlServer.StartAsync(_options.RunFolder, _options.ControlAccess, this, loggers, _time, cancellationToken);

    public StackStatus GetStatus() => _events.Snapshot();

    /// <summary>The status for the AppHost's own use. It has no number to resume events with, so none have to be kept for it.</summary>
    public StackStatus Look() => Snapshot(seq: 0);

    public IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken) => _events.WatchAsync(afterSeq, cancellationToken);

    /// <summary>A replica has changed: its resource, whole, goes to all who watch.</summary>
    public void Changed(string resource, InstanceSnapshot replica)
    {
        if (Resources.FirstOrDefault(r => r.Name == resource) is not { } changed)
        {
            return;
        }

        var before = TimelineOf(replica.Name).Note(replica, _time.GetUtcNow());
        if (before is null || before.State != replica.State)
        {
            _events.PublishState(() => Status(changed));
        }
        else if (before.Health != replica.Health)
        {
            _events.PublishHealth(() => Status(changed));
        }
        else if (before.Traffic != replica.Traffic)
        {
            _events.PublishTraffic(() => Status(changed));
        }
        else
        {
            _events.PublishState(() => Status(changed));
        }
    }

    /// <summary>A roll-out of a resource began, went a step on, froze, or ended.</summary>
    public void RolloutChanged(ResourceOrchestrator resource) => _events.PublishRollout(() => Status(resource));

    /// <summary>Tells all who watch of something that somebody should look at.</summary>
    /// <param name="resource">The resource that it is about.</param>
    /// <param name="replica">Null when it is about the whole resource.</param>
    /// <param name="text">What happened, in full sentences.</param>
    public void Alert(string resource, string? replica, string text) => _events.PublishAlert(resource, replica, text);

    public string? FindLogFile(string replica)
        => ReplicasOf(replica) is [var only] ? LogFile(only) : Find(replica) is { } found ? found.Replica is { } known ? LogFile(known.Current.Name) : null : FindLeftOver(replica);

    public IReadOnlyList<string> ReplicasOf(string resource)
        => Resources.FirstOrDefault(r => string.Equals(r.Name, resource, StringComparison.OrdinalIgnoreCase))?.ReplicaNames ?? [];

    public IReadOnlyList<string> CommandsOf(string name)
        => Find(name) is { } found ? [.. SnapshotRules.CommandsOf(found.Resource.Plan.Resource).Select(c => c.Name)] : [];

    public ResourceDetails? DetailsOf(string name)
    {
        if (Find(name) is not { } found)
        {
            return null;
        }

        IReadOnlyList<InstanceSnapshot> replicas = found.Replica is { } one ? [one.Current] : [.. found.Resource.Replicas.Select(r => r.Current)];
        return _details.Describe(
            found.Replica?.Current.Name ?? found.Resource.Name, found.Resource.Plan.Resource, [.. replicas.Select(r => new ObservedMoves(r, TimelineOf(r.Name).Moves))]);
    }

    public async Task<CommandOutcome> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        if (_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return CommandOutcome.Failed(Stopping);
        }

        if (Find(name) is not { } found)
        {
            return CommandOutcome.Failed($"There is no resource or replica '{name}'.");
        }

        var result = found.Replica is { } replica
            ? await _commands.ExecuteCommandAsync(replica.Current.Name, command, cancellationToken).ConfigureAwait(false)
            : await _commands.ExecuteCommandAsync(found.Resource.Plan.Resource, command, cancellationToken).ConfigureAwait(false);
        return result.ToOutcome(command);
    }

    public Task<CommandOutcome> ScaleAsync(string resource, int replicas, CancellationToken cancellationToken) => ChangeAsync(resource, r => r.ScaleAsync(replicas, cancellationToken));

    public Task<CommandOutcome> DeployAsync(string resource, string? folder, string? name, CancellationToken cancellationToken)
        => ChangeAsync(resource, r => r.DeployAsync(new DeployOrder(folder, name), cancellationToken));

    public Task<CommandOutcome> RollbackAsync(string resource, string? to, CancellationToken cancellationToken) => ChangeAsync(resource, r => r.RollbackAsync(to, cancellationToken));

    public ReleaseList? ReleasesOf(string resource) => Find(resource)?.Resource.ListReleases();

    public CommandOutcome RequestDown(bool force, bool leaveRunning)
    {
        if (leaveRunning && _options.Development)
        {
            return CommandOutcome.Invalid("leaveRunning", "In development nothing outlives the AppHost, so the replicas can't be left running. They can in production (DOTNET_ENVIRONMENT=Production).");
        }

        LeavesRunning = leaveRunning;
        _lifetime.StopApplication();
        if (force)
        {
            KillAll();
        }

        return CommandOutcome.Done();
    }

    /// <summary>Every replica as it is now.</summary>
    public IEnumerable<ObservedReplica> Observe()
        => Resources.SelectMany(r => r.Replicas, (r, replica) => (r.Name, Now: replica.Current)).Select(r => new ObservedReplica(r.Name, r.Now, Samples.Find(r.Now.Name, r.Now.Pid)));

    /// <summary>Restarts all that has several replicas, one resource after another.</summary>
    public async Task<IReadOnlyList<CommandOutcome>> RestartReplicatedAsync(CancellationToken cancellationToken)
    {
        List<CommandOutcome> outcomes = [];
        foreach (var resource in Resources.Where(r => r.Replicas.Count > 1))
        {
            outcomes.Add(await ExecuteAsync(resource.Name, "restart", cancellationToken).ConfigureAwait(false));
        }

        return outcomes;
    }

    /// <summary>Completes when the loops of all replicas have answered.</summary>
    public Task PingAsync(CancellationToken cancellationToken) => Task.WhenAll(Resources.SelectMany(r => r.Replicas).Select(r => PingAsync(r, cancellationToken)));

    /// <summary>Ends all processes at once.</summary>
    public void KillAll()
    {
        foreach (var resource in Resources)
        {
            resource.Kill();
        }
    }

    /// <summary>A resource (then without a replica), or a replica and its resource.</summary>
    public (ResourceOrchestrator Resource, InstanceSupervisor? Replica)? Find(string name)
        => Resources.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)) is { } resource ? (resource, null) : FindReplica(name);

    private Task<CommandOutcome> ChangeAsync(string resource, Func<ResourceOrchestrator, Task<CommandOutcome>> change)
        => _lifetime.ApplicationStopping.IsCancellationRequested ? Task.FromResult(CommandOutcome.Failed(Stopping))
            : Find(resource) is { } found ? change(found.Resource)
            : Task.FromResult(CommandOutcome.Failed($"There is no resource '{resource}'."));

    private static async Task PingAsync(InstanceSupervisor replica, CancellationToken cancellationToken)
    {
        try
        {
            await replica.PingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has just gone for good.
        }
    }

    private InstanceTimeline TimelineOf(string replica) => _timelines.GetOrAdd(replica, _ => new InstanceTimeline());

    // Of a replica that is gone the log is still there.
    private string? FindLeftOver(string replica) => Path.GetFileName(replica) == replica && LogFile(replica) is var file && File.Exists(file) ? file : null;

    /// <summary>The file that takes a replica's stdout and stderr.</summary>
    public string LogFile(string replica) => Path.Combine(_options.StateFolder, "logs", $"{replica}.log");

    private (ResourceOrchestrator Resource, InstanceSupervisor? Replica)? FindReplica(string name)
    {
        foreach (var resource in Resources)
        {
            if (resource.Replicas.FirstOrDefault(r => string.Equals(r.Current.Name, name, StringComparison.OrdinalIgnoreCase)) is { } replica)
            {
                return (resource, replica);
            }
        }

        return null;
    }

    private void Sampled(IReadOnlyDictionary<string, ProcessSample> samples)
    {
        if (_events.IsWatched)
        {
            _events.PublishSamples([.. samples.Select(s => new ReplicaSample { Name = s.Key, Pid = s.Value.Pid, Rss = s.Value.Rss, Pss = s.Value.Pss, Cpu = s.Value.Cpu, Fds = s.Value.Fds })]);
        }
    }

    private ResourceStatus Status(ResourceOrchestrator resource)
    {
        var status = resource.Status();
        return status with { Replicas = [.. status.Replicas.Select(Measured)] };
    }

    // One object for all events between two samples, as with the status itself.
    private ReplicaStatus Measured(ReplicaStatus replica)
    {
        if (Samples.Find(replica.Name, replica.Pid) is not { } sample)
        {
            return replica;
        }

        if (!_measured.TryGetValue(replica, out var known) || !ReferenceEquals(known.Sample, sample))
        {
            known = new MeasuredReplica(sample, replica with { Rss = sample.Rss, Pss = sample.Pss, Cpu = sample.Cpu, Fds = sample.Fds });
            _measured.AddOrUpdate(replica, known);
        }

        return known.Status;
    }

    private StackStatus Snapshot(long seq) => new()
    {
        Seq = seq,
        Supervisor = new SupervisorStatus
        {
            Pid = Environment.ProcessId,
            Mode = _options.Development ? "development" : "production",
            StartedAt = _startedAt,
            IsStarting = _isStarting,
        },
        Resources = [.. Resources.Select(Status)],
    };

    private sealed record MeasuredReplica(ProcessSample Sample, ReplicaStatus Status);
}
