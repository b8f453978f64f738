using Stack.Hosting.Control.Contract;

namespace Cli.Tests;

/// <summary>Stacks to look at.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static StackStatus AllReady => Stack(
        Resource("dashboard", hidden: true, urls: ["http://localhost:18888"], replicas: Replica("dashboard", 4700, 18888)),
        Resource("site", replicas: [Replica("site-8001", 4711, 8001) with { Rss = 89128960, Cpu = 0.123 }, Replica("site-8002", 4712, 8002) with { Restarts = 1, LastExit = "signal KILL" }]),
        Resource("nginx", urls: ["http://localhost:8080"], replicas: Replica("nginx", 4713, null)));

    public static StackStatus OneLost => Stack(
        Resource(
            "site",
            replicas:
            [
                Replica("site-8001", 4711, 8001),
                Replica("site-8002", null, 8002) with { State = "Backoff", Health = "Unknown", Restarts = 3, Reason = "exit code 3", NextAttemptAt = Now.AddSeconds(3.4), StartedAt = null },
                Replica("site-8003", null, 8003) with { State = "Fatal", Health = "Unknown", Reason = "Port 8003 is in use by process 99.", StartedAt = null },
                Replica("site-8004", 4714, 8004) with { State = "Starting", Health = "NotReady", StartedAt = Now.AddDays(-2).AddSeconds(-5) },
            ]) with { Ready = 1, State = "Fatal", Health = "Unknown" });

    public static RolloutStatus Rollout => new() { State = "Running", What = "roll", Replica = "site-8002" };

    public static StackStatus Stack(params IReadOnlyList<ResourceStatus> resources) => new()
    {
        Seq = 7,
        Supervisor = new SupervisorStatus { Pid = Environment.ProcessId, Mode = "development", StartedAt = Now.AddHours(-1) },
        Resources = resources,
    };

    public static ResourceStatus Resource(string name, bool hidden = false, IReadOnlyList<string>? urls = null, params IReadOnlyList<ReplicaStatus> replicas) => new()
    {
        Name = name,
        Type = "Project",
        State = "Running",
        Health = "Ready",
        Urls = urls ?? [],
        Wanted = replicas.Count,
        Ready = replicas.Count,
        Hidden = hidden,
        Replicas = replicas,
    };

    public static ReplicaStatus Replica(string name, int? pid, int? port) => new()
    {
        Name = name,
        State = "Running",
        Health = "Ready",
        Pid = pid,
        Port = port,
        Restarts = 0,
        StartedAt = Now.AddSeconds(-83),
        Generation = 1,
        Url = null,
        Failures = 0,
        NextAttemptAt = null,
        LastExit = null,
        Reason = null,
    };

    /// <summary>Wall clock stands still; timers run.</summary>
    internal sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
