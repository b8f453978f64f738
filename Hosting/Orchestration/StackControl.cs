using System.Collections.Concurrent;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>What the control socket may ask of the running stack, and the events it hands on.</summary>
internal sealed class StackControl : IStackControl
{
    private readonly StackOptions _options;
    private readonly Action _stop;
    private readonly Action _kill;
    private readonly DateTimeOffset _startedAt;
    private readonly EventHub<StackEvent> _events;
    private readonly ConcurrentDictionary<string, (string State, string Health)> _last = new(StringComparer.OrdinalIgnoreCase);

    public StackControl(StackOptions options, DashboardAccess? dashboard, Action stop, Action kill, TimeProvider time)
    {
        _options = options;
        _stop = stop;
        _kill = kill;
        _startedAt = time.GetUtcNow();
        Dashboard = dashboard;
        _events = new EventHub<StackEvent>(
            seq => new StackEvent.Snapshot(Snapshot(seq)), seq => new StackEvent.Gap(seq), startSeq: _startedAt.ToUnixTimeMilliseconds() * 1000);
    }

    public DashboardAccess? Dashboard { get; }

    public IReadOnlyList<ResourceOrchestrator> Resources { get; set; } = [];

    public StackStatus GetStatus() => ((StackEvent.Snapshot)_events.Snapshot()).Status;

    public IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken) => _events.WatchAsync(afterSeq, cancellationToken);

    /// <summary>A replica has changed: its resource, whole, goes to all who watch.</summary>
    public void Changed(string resource, InstanceSnapshot replica)
    {
        if (Resources.FirstOrDefault(r => r.Name == resource) is not { } changed)
        {
            return;
        }

        var now = (replica.State.ToString(), replica.Health.ToString());
        var before = _last.GetValueOrDefault(replica.Name);
        _last[replica.Name] = now;
        if (before.State == now.Item1 && before.Health != now.Item2)
        {
            _events.Publish(seq => new StackEvent.HealthChanged(seq, changed.Status()));
        }
        else
        {
            _events.Publish(seq => new StackEvent.StateChanged(seq, changed.Status()));
        }
    }

    public string? FindLogFile(string replica)
        => ReplicasOf(replica) is [var only] ? LogFile(only) : FindReplica(replica) is { } found ? LogFile(found.Replica.Current.Name) : null;

    public IReadOnlyList<string> ReplicasOf(string resource)
        => Resources.FirstOrDefault(r => string.Equals(r.Name, resource, StringComparison.OrdinalIgnoreCase))?.ReplicaNames ?? [];

    public Task<CommandOutcome> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        if (Resources.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase)) is { } resource)
        {
            return resource.ExecuteAsync(command, null, cancellationToken);
        }

        return FindReplica(name) is { } found
            ? found.Resource.ExecuteAsync(command, found.Replica, cancellationToken)
            : Task.FromResult(new CommandOutcome(false, $"There is no resource or replica '{name}'."));
    }

    public void RequestDown(bool force)
    {
        _stop();
        if (force)
        {
            _kill();
        }
    }

    private string LogFile(string replica) => Path.Combine(_options.StateFolder, "logs", $"{replica}.log");

    private (ResourceOrchestrator Resource, InstanceSupervisor Replica)? FindReplica(string name)
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

    private StackStatus Snapshot(long seq) => new()
    {
        Seq = seq,
        Supervisor = new SupervisorStatus { Pid = Environment.ProcessId, Mode = _options.Development ? "development" : "production", StartedAt = _startedAt },
        Resources = [.. Resources.Select(r => r.Status())],
    };
}
