using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Api;

/// <summary>One row of <c>GET /api/telemetry/resources</c>.</summary>
internal sealed record ResourceReply(string Name, string? InstanceId, string DisplayName, bool HasLogs, bool HasTraces, bool HasMetrics)
{
    /// <summary>The only instance of a service has no instance id here, as in Aspire.</summary>
    public static IReadOnlyList<ResourceReply> Of(IReadOnlyList<TelemetryResource> resources)
    {
        var instances = resources.CountBy(resource => resource.Service).ToDictionary();
        return
        [
            .. resources.Select(r => new ResourceReply(
                r.Service, instances[r.Service] == 1 ? null : r.InstanceId, r.DisplayName, r.HasLogs, r.HasTraces, r.HasMetrics)),
        ];
    }
}
