using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Finds traces. A span is found when it is committed, which takes a quarter of a second.</summary>
internal sealed class TraceQueries(TelemetryStore store, ReadThreads threads, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SampleDeadline = TimeSpan.FromSeconds(2);

    /// <summary>The spans that are stored, as a number that changes with each.</summary>
    public long Stored => store.Catalogue.Segments.Sum(segment => segment.Spans);

    /// <summary>By the arrival of their newest span that entered a service and meets the filter, or by duration.</summary>
    public Task<FoundTraces> FindAsync(TraceFilter filter, CancellationToken ct) =>
        RunAsync(Deadline, stop => new TraceSearch(store.Catalogue.Segments, new SegmentAccess(store.Readers, stop)).Find(filter), ct);

    public Task<(long Count, bool IsPartial)> CountAsync(TraceFilter filter, long most, CancellationToken ct) =>
        RunAsync(Deadline, stop => new TraceSearch(store.Catalogue.Segments, new SegmentAccess(store.Readers, stop)).Count(filter, most), ct);

    public Task<int> CountNewAsync(TraceFilter filter, CancellationToken ct) =>
        RunAsync(SampleDeadline, stop => new TraceSearch(store.Catalogue.Segments, new SegmentAccess(store.Readers, stop)).CountNew(filter), ct);

    /// <summary>Null when nothing of it is kept.</summary>
    /// <param name="traceId">32 hexadecimal digits.</param>
    /// <param name="around">When it began, as far as known: then only the segments around that are opened, unless something is missing there.</param>
    /// <param name="ct">Ends the search.</param>
    public async Task<StoredTrace?> FindAsync(string traceId, DateTimeOffset? around, CancellationToken ct)
    {
        var found = await RunAsync(Deadline, stop => new TraceReader(store.Catalogue.Segments, new SegmentAccess(store.Readers, stop)).Read(traceId, around), ct);
        return found.Spans.Count > 0 ? found : null;
    }

    public Task<TraceSample> SampleAsync(TraceFilter filter, CancellationToken ct) =>
        RunAsync(SampleDeadline, stop => TraceSample.Take(filter, store.Catalogue.Segments, new SegmentAccess(store.Readers, stop)), ct);

    private async Task<T> RunAsync<T>(TimeSpan deadline, Func<CancellationToken, T> search, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var found = await threads.RunAsync(() => search(stop.Token), ct);
        ct.ThrowIfCancellationRequested();
        return found;
    }
}
