using System.Globalization;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli;

/// <summary>What <c>stack status</c> says, in words, however it is shown then.</summary>
internal static class StatusRows
{
    public static readonly IReadOnlyList<string> Heading = ["NAME", "STATE", "READY", "PID", "PORT", "UPTIME", "RESTARTS", "CPU", "RSS", "REASON"];

    /// <summary>True when every replica that is meant to run is ready.</summary>
    public static bool AllReady(StackStatus status) => status.Resources.All(r => r.Ready >= r.Wanted);

    /// <summary>The resources; what the stack runs for itself goes to the end.</summary>
    public static IReadOnlyList<ResourceStatus> InOrder(StackStatus status) => [.. status.Resources.OrderBy(r => r.Hidden)];

    /// <summary>The cells of a replica.</summary>
    public static IReadOnlyList<string> Of(ReplicaStatus replica, DateTimeOffset now) =>
    [
        replica.Name,
        replica.State.ToUpperInvariant(),
        replica.Health switch { "Ready" => "ready", "NotReady" => "not ready", "Dead" => "dead", _ => "-" },
        Number(replica.Pid),
        Number(replica.Port),
        replica.StartedAt is { } started && replica.Pid is not null ? Uptime(now - started) : "-",
        Number(replica.Restarts),
        replica.Cpu is { } share ? $"{Math.Round(share * 100).ToString("0", CultureInfo.InvariantCulture)} %" : "-",
        replica.Rss is { } bytes ? $"{Math.Round(bytes / 1048576.0).ToString("0", CultureInfo.InvariantCulture)} MB" : "-",
        Reason(replica, now),
    ];

    /// <summary>What goes on with a resource as a whole; null: nothing.</summary>
    public static string? Rollout(ResourceStatus resource)
    {
        var at = resource.Rollout?.Replica is { } replica ? $" at {replica}" : "";
        return resource.Rollout switch
        {
            null => null,
            { State: "Frozen" } frozen => $"{frozen.What} is frozen{at}: {frozen.Reason ?? "no reason given"}",
            var rollout => $"{rollout.What} is under way{at}",
        };
    }

    /// <summary>What a resource runs, where that is a release; null: what the AppHost itself was built with.</summary>
    public static string? Release(ResourceStatus resource) => resource.Release is null or "build" ? null : $"release {resource.Release}";

    /// <summary>Where a replica is on its way through a roll-out, in one word or two.</summary>
    public static string Step(ReplicaStatus replica) => replica switch
    {
        { State: "Waiting" or "Starting" } => "starting",
        { State: "Backoff" } => "failed, is tried again",
        { State: not "Running" } => replica.State.ToLowerInvariant(),
        { Traffic: "Draining" } => "draining",
        { Health: not "Ready" } => "not ready",
        { Traffic: "Out" } => "ready, gets no requests yet",
        _ => "ready",
    };

    private static string Reason(ReplicaStatus replica, DateTimeOffset now)
    {
        var traffic = replica.Traffic switch { "Draining" => "draining", "Out" when replica.Health == "Ready" => "gets no requests", _ => null };
        var reason = replica.Reason ?? (replica.LastExit is { } exit ? $"last end: {exit}" : null);
        var attempt = replica.NextAttemptAt is { } next ? $"next attempt in {Math.Max(0, Math.Ceiling((next - now).TotalSeconds)).ToString("0", CultureInfo.InvariantCulture)} s" : null;
        return string.Join("; ", new[] { traffic, reason, attempt }.Where(p => !string.IsNullOrEmpty(p)));
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Uptime(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            span = TimeSpan.Zero;   // the clock was set back
        }

        return span.Days > 0 ? $"{span.Days}d {span:h\\:mm\\:ss}" : $"{span:h\\:mm\\:ss}";
    }
}
