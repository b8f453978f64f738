using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Finds single spans. A span is found when it is committed, which takes a quarter of a second.</summary>
internal sealed class SpanQueries(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>After 10 s the page says that it is partial.</summary>
    public async Task<SpanPage> FindAsync(SpanFilter filter, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var page = await threads.RunAsync(() => new SpanSearch(filter, store.Catalogue.Segments, store.Readers, stop.Token).Run(), ct);
        ct.ThrowIfCancellationRequested();
        return page;
    }
}
