namespace Stack.Dashboard.Storage;

/// <summary>What one export request brought, ready to be stored.</summary>
internal sealed class TelemetryBatch
{
    public List<LogDraft> Logs { get; } = [];

    public List<SpanDraft> Spans { get; } = [];

    public List<PointDraft> Points { get; } = [];

    /// <summary>About what the rows take in memory.</summary>
    public long Bytes { get; private set; }

    public int Count => Logs.Count + Spans.Count + Points.Count;

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
