using Stack.Dashboard.Web.Charts;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>One line of the resources table: a replica, a resource of one process, or the sum of a resource's replicas.</summary>
public sealed record ResourceRow
{
    public required string Name { get; init; }

    /// <summary>The resource that it belongs to, or is.</summary>
    public required string Resource { get; init; }

    public required string Type { get; init; }

    /// <summary>True for the line that sums up replicas.</summary>
    public bool IsSum { get; init; }

    /// <summary>True for a replica below such a line.</summary>
    public bool IsNested { get; init; }

    public required string State { get; init; }

    public required string StateTone { get; init; }

    public required string Health { get; init; }

    public required string HealthTone { get; init; }

    /// <summary>What a check says that fails.</summary>
    public string? HealthReason { get; init; }

    /// <summary>Whether requests reach it; null: nothing is in front of it.</summary>
    public string? Traffic { get; init; }

    public string? TrafficTone { get; init; }

    public string? Url { get; init; }

    public string? Source { get; init; }

    public string? Release { get; init; }

    public int? Port { get; init; }

    public int? Pid { get; init; }

    public int Generation { get; init; }

    public bool Adopted { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public string? StartedAtText { get; init; }

    public string? Uptime { get; init; }

    /// <summary>From when to when the last process ran, where it has ended.</summary>
    public string? Ran { get; init; }

    public required int Restarts { get; init; }

    public int Failures { get; init; }

    /// <summary>Share of one core.</summary>
    public double? Cpu { get; init; }

    public long? Memory { get; init; }

    /// <summary>Of the memory, what it really costs: shared pages are divided among those who share them.</summary>
    public long? DividedMemory { get; init; }

    public int? Descriptors { get; init; }

    public string? LastExit { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public string? NextAttempt { get; init; }

    /// <summary>How many are meant to run; of a sum only.</summary>
    public int Wanted { get; init; }

    public int Ready { get; init; }

    internal bool IsUp => State is "Running" or "Starting" or "Stopping" or "Waiting" or "Backoff" or "Unknown";

    internal string? CpuText => Cpu is { } share ? $"{share * 100:0} %" : null;

    internal string? MemoryText => Memory is { } bytes ? Format.Bytes(bytes) : null;

    internal string? DividedMemoryText => DividedMemory is { } bytes ? $"{Format.Bytes(bytes)}, shared pages divided" : null;

    /// <summary>The lines of a resource, the sum first where there are several replicas.</summary>
    internal static IReadOnlyList<ResourceRow> Of(ResourceStatus resource, Viewer viewer, DateTimeOffset at)
    {
        var replicas = resource.Replicas.Select(r => Of(r, resource, viewer, at)).OrderBy(r => r.Name, NaturalOrder.Instance);
        return HasSum(resource) ? [Sum(resource), .. replicas.Select(r => r with { IsNested = true })] : [.. replicas];
    }

    internal static bool HasSum(ResourceStatus resource) => resource.Replicas.Count != 1 || resource.Wanted > 1;

    internal static string TypeOf(ResourceStatus resource) => resource.Type.EndsWith("Resource", StringComparison.Ordinal) ? resource.Type[..^"Resource".Length] : resource.Type;

    /// <summary>A link that a browser would run (<c>javascript:</c>) is none.</summary>
    internal static bool IsWebAddress(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static ResourceRow Sum(ResourceStatus resource)
    {
        var all = resource.Replicas;
        return Row(resource, resource.Name, resource.State, all.Sum(r => r.Restarts)) with
        {
            IsSum = true,
            Health = $"{resource.Ready} of {resource.Wanted} ready",
            HealthTone = resource.Wanted == 0 ? Tone.Off : resource.Ready == resource.Wanted ? Tone.Good : Tone.Warn,
            Traffic = all.Any(r => r.Traffic != "None") ? $"{all.Count(r => r.Traffic == "In")} in" : null,
            Url = resource.Urls.FirstOrDefault(IsWebAddress),
            Cpu = all.Any(r => r.Cpu is not null) ? all.Sum(r => r.Cpu ?? 0) : null,
            Memory = all.Any(r => r.Rss is not null) ? all.Sum(r => r.Rss ?? 0) : null,
            DividedMemory = all.Any(r => r.Pss is not null) && all.All(r => r.Rss is null || r.Pss is not null) ? all.Sum(r => r.Pss ?? 0) : null,
            Wanted = resource.Wanted,
            Ready = resource.Ready,
        };
    }

    private static ResourceRow Of(ReplicaStatus replica, ResourceStatus resource, Viewer viewer, DateTimeOffset at) => Row(resource, replica.Name, replica.State, replica.Restarts) with
    {
        StateTone = Tone.Of(replica),
        Health = replica.IsDone ? "Done" : Tone.HealthText(replica.Health),
        HealthTone = replica.IsDone ? Tone.Good : Tone.OfHealth(replica.Health),
        HealthReason = replica.HealthReason,
        Traffic = replica.Traffic == "None" ? null : replica.Traffic,
        TrafficTone = replica.Traffic switch { "In" => Tone.Good, "Draining" => Tone.Busy, "Out" => Tone.Warn, _ => null },
        Url = new[] { HasSum(resource) ? null : resource.Urls is [var first, ..] ? first : null, replica.Url }.FirstOrDefault(IsWebAddress),
        Port = replica.Port,
        Pid = replica.Pid,
        Generation = replica.Generation,
        Adopted = replica.Adopted,
        StartedAt = replica.EndedAt is null ? replica.StartedAt : null,
        StartedAtText = replica.StartedAt is { } started ? $"Started {viewer.Full(started)}" : null,
        Uptime = replica is { StartedAt: { } since, EndedAt: null } ? Format.Span(at - since) : null,
        Ran = replica is { StartedAt: { } from, EndedAt: { } to } ? $"ran {Measure.Text((to - from).TotalSeconds, "s")} until {viewer.Clock(to)}" : null,
        Failures = replica.Failures,
        Cpu = replica.Cpu,
        Memory = replica.Rss,
        DividedMemory = replica.Pss,
        Descriptors = replica.Fds,
        LastExit = replica.LastExit,
        Reason = replica.Reason,
        NextAttemptAt = replica.NextAttemptAt,
        NextAttempt = replica.NextAttemptAt is { } next ? Format.Span(next - at) : null,
    };

    /// <summary>What a line has whatever it is of.</summary>
    private static ResourceRow Row(ResourceStatus resource, string name, string state, int restarts) => new()
    {
        Name = name,
        Resource = resource.Name,
        Type = TypeOf(resource),
        State = state,
        StateTone = Tone.OfState(state),
        Health = resource.Health,
        HealthTone = Tone.OfHealth(resource.Health),
        Source = resource.Source,
        Release = resource.Release,
        Restarts = restarts,
    };
}
