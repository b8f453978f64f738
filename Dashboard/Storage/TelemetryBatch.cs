namespace Stack.Dashboard.Storage;

/// <summary>What one export request brought, ready to be stored.</summary>
internal sealed class TelemetryBatch
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the writer is done with it: it is committed, or nothing can be stored at all, which is counted and shown.</summary>
    public Task Settled => _settled.Task;

    public List<LogDraft> Logs { get; } = [];

    public List<SpanDraft> Spans { get; } = [];

    public List<PointDraft> Points { get; } = [];

    /// <summary>About what the rows take in memory.</summary>
    public long Bytes { get; private set; }

    public static TelemetryBatch Of(IEnumerable<LogDraft> logs, IEnumerable<SpanDraft> spans, IEnumerable<PointDraft> points)
    {
        var batch = new TelemetryBatch();
        foreach (var log in logs)
        {
            batch.Add(log);
        }

        foreach (var span in spans)
        {
            batch.Add(span);
        }

        foreach (var point in points)
        {
            batch.Add(point);
        }

        return batch;
    }

    public int Count => Logs.Count + Spans.Count + Points.Count;

    public void Settle() => _settled.TrySetResult();

    public void Add(LogDraft draft)
    {
        Logs.Add(draft);
        Bytes += draft.Row.Size;
    }

    public void Add(SpanDraft draft)
    {
        Spans.Add(draft);
        Bytes += draft.Row.Size;
    }

    public void Add(PointDraft draft)
    {
        Points.Add(draft);
        Bytes += draft.Row.Size;
    }
}
