using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Finds log rows, and the instances that sent them.</summary>
internal sealed class LogQueries(LiveRing ring)
{
    public Task<LogPage> FindAsync(LogFilter filter, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var all = ring.After(0).Rows;
        var matching = all.Where(filter.Matches).ToList();
        var rows = filter.AfterId is not null && filter.BeforeId is null ? matching.Take(filter.Limit) : matching.TakeLast(filter.Limit);
        var total = all.LongCount((filter with { BeforeId = null, AfterId = null }).Matches);
        return Task.FromResult(new LogPage([.. rows], total, HasOlder: matching.Count > filter.Limit));
    }

    public IReadOnlyList<TelemetryResource> Resources() =>
    [
        .. ring.After(0).Rows
            .DistinctBy(row => row.DisplayName)
            .Select(row => new TelemetryResource(row.Service, row.InstanceId, row.DisplayName, HasLogs: true, HasTraces: false, HasMetrics: false)),
    ];
}
