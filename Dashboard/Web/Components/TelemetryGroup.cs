using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>A service with its instances, as known from what they sent.</summary>
public sealed record TelemetryGroup(string Service, IReadOnlyList<TelemetryInstance> Instances)
{
    internal static IReadOnlyList<TelemetryGroup> From(IEnumerable<TelemetryResource> resources) =>
    [
        .. resources
            .GroupBy(r => r.Service)
            .OrderBy(g => g.Key, StringComparer.OrdinalIgnoreCase)
            .Select(g => new TelemetryGroup(g.Key,
            [
                .. g.OrderBy(r => r.DisplayName, NaturalOrder.Instance)
                    .Select(r => new TelemetryInstance(r.DisplayName, r.HasLogs, r.HasTraces, r.HasMetrics) { LacksId = r.InstanceId is null }),
            ])),
    ];
}

/// <summary>One instance that sent telemetry.</summary>
public sealed record TelemetryInstance(string Name, bool HasLogs, bool HasTraces, bool HasMetrics)
{
    /// <summary>It does not say which instance it is: all that run on its machine melt into one.</summary>
    public bool LacksId { get; init; }
}
