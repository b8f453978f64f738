using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Instruments and their values over time. A point is found when it is committed, which takes a quarter of a second.</summary>
internal sealed class MetricQueries(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Null when nothing of the instrument is in the range.</summary>
    public Task<MetricChart?> FindAsync(MetricFilter filter, CancellationToken ct) => RunAsync(walk => new MetricSearch(filter, walk).Run(), ct);

    /// <summary>By meter and name.</summary>
    public Task<InstrumentList> InstrumentsAsync(InstrumentFilter filter, CancellationToken ct) => RunAsync(walk => new InstrumentSearch(filter, walk).Run(), ct);

    /// <summary>As they were sent.</summary>
    public Task<FoundPoints> PointsAsync(PointFilter filter, CancellationToken ct) => RunAsync(walk => new PointSearch(filter, walk).Run(), ct);

    private async Task<T> RunAsync<T>(Func<SegmentWalk, T> search, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var found = await threads.RunAsync(() => search(new SegmentWalk(store.Catalogue.Segments, store.Readers, stop.Token)), ct);
        ct.ThrowIfCancellationRequested();
        return found;
    }
}
