using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Finds traces. A span is found when it is committed, which takes a quarter of a second.</summary>
internal sealed class TraceQueries(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Newest first, by the arrival of their newest span that entered a service.</summary>
    public Task<FoundTraces> FindAsync(TraceFilter filter, CancellationToken ct) => RunAsync(search => search.Find(filter), ct);

    /// <summary>Null when nothing of it is kept.</summary>
    /// <param name="traceId">32 hexadecimal digits.</param>
    /// <param name="ct">Ends the search.</param>
    public async Task<StoredTrace?> FindAsync(string traceId, CancellationToken ct) =>
        await RunAsync(search => search.Read(traceId), ct) is { Spans.Count: > 0 } trace ? trace : null;

    private async Task<T> RunAsync<T>(Func<TraceSearch, T> search, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var found = await threads.RunAsync(() => search(new TraceSearch(store.Catalogue.Segments, store.Readers, stop.Token)), ct);
        ct.ThrowIfCancellationRequested();
        return found;
    }
}
