using System.Collections.Concurrent;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;

namespace Hosting.Tests.Control;

/// <summary>A stack behind the control socket that only remembers what it was told.</summary>
internal sealed class FakeStack : IStackControl
{
    private readonly string _logs;
    private readonly EventHub _hub;
    private volatile IReadOnlyList<ResourceStatus> _resources;

    public FakeStack(string logs, params IReadOnlyList<ResourceStatus> resources)
    {
        _logs = logs;
        _resources = resources;
        _hub = new EventHub(
            seq => new StackStatus
            {
                Seq = seq,
                Supervisor = new SupervisorStatus { Pid = 4711, Mode = "development", StartedAt = DateTimeOffset.UnixEpoch },
                Resources = _resources,
            },
            TimeProvider.System);
    }

    public ConcurrentQueue<string> Commands { get; } = new();

    public ConcurrentQueue<(bool Force, bool LeaveRunning)> Downs { get; } = new();

    public DashboardAccess? Dashboard { get; set; }

    public Func<CancellationToken, Task<CommandOutcome>> Outcome { get; set; } = _ => Task.FromResult(CommandOutcome.Done());

    public static ResourceStatus Resource(string name, params string[] replicas) => new()
    {
        Name = name,
        Type = "Project",
        State = "Running",
        Health = "Ready",
        Urls = [],
        Wanted = replicas.Length,
        Ready = replicas.Length,
        Replicas = [.. replicas.Select(Replica)],
    };

    /// <summary>Changes and publishes in one step under the hub's lock: a snapshot between the two would be ahead of its events.</summary>
    public void Publish(int restarts, string? reason = null) => _hub.PublishState(() =>
    {
        var resource = _resources[0] with { Replicas = [_resources[0].Replicas[0] with { Restarts = restarts, Reason = reason }] };
        _resources = [resource, .. _resources.Skip(1)];
        return resource;
    });

    /// <summary>The first resource has these replicas from now on.</summary>
    public void Scale(params string[] replicas) => _resources = [Resource(_resources[0].Name, replicas), .. _resources.Skip(1)];

    public void PublishHealth() => _hub.PublishHealth(() => _resources[0]);

    /// <summary>The events beside those of states, each by the method of its kind.</summary>
    public EventHub Events => _hub;

    public StackStatus GetStatus() => _hub.Snapshot();

    public IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken) => _hub.WatchAsync(afterSeq, cancellationToken);

    public string? FindLogFile(string replica) =>
        _resources.Any(r => r.Replicas.Any(i => i.Name == replica)) ? Path.Combine(_logs, Uri.EscapeDataString(replica) + ".log") : null;

    public IReadOnlyList<string> ReplicasOf(string resource) => _resources.FirstOrDefault(r => r.Name == resource)?.Replicas.Select(i => i.Name).ToList() ?? [];

    public ResourceDetails? DetailsOf(string name) => _resources.Any(r => r.Name == name || r.Replicas.Any(i => i.Name == name))
        ? new ResourceDetails { Name = name, Resource = _resources.First(r => r.Name == name || r.Replicas.Any(i => i.Name == name)).Name, Relationships = [], Commands = [], Replicas = [] }
        : null;

    public IReadOnlyList<string> CommandsOf(string name) => ["start", "stop", "restart", "roll", "reindex", "scale"];

    public Task<CommandOutcome> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"{command} {name}");
        return Outcome(cancellationToken);
    }

    public Task<CommandOutcome> ScaleAsync(string resource, int replicas, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"scale {resource} to {replicas}");
        return Outcome(cancellationToken);
    }

    public Task<CommandOutcome> DeployAsync(string resource, string? folder, string? name, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"deploy {resource} from {folder ?? "its project"} as {name ?? "it comes"}");
        return Outcome(cancellationToken);
    }

    public Task<CommandOutcome> RollbackAsync(string resource, string? to, CancellationToken cancellationToken)
    {
        Commands.Enqueue($"rollback {resource} to {to ?? "the one before"}");
        return Outcome(cancellationToken);
    }

    public ReleaseList? ReleasesOf(string resource) => new()
    {
        Resource = resource,
        Current = "build",
        Releases = [new ReleaseInfo { Name = "build", Current = true, Previous = false, Replicas = ReplicasOf(resource) }],
    };

    public CommandOutcome RequestDown(bool force, bool leaveRunning)
    {
        Downs.Enqueue((force, leaveRunning));
        return CommandOutcome.Done();
    }

    private static ReplicaStatus Replica(string name) => new()
    {
        Name = name,
        State = "Running",
        Health = "Ready",
        Pid = 1,
        Port = 8001,
        Restarts = 0,
        StartedAt = DateTimeOffset.UnixEpoch,
        Generation = 1,
        Url = null,
        Failures = 0,
        NextAttemptAt = null,
        LastExit = null,
        Reason = null,
    };
}
