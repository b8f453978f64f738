namespace Stack.Dashboard.Storage;

/// <summary>The running figures of the segment being written: counted per row, turned into a <see cref="SegmentInfo"/> per commit.</summary>
internal struct SegmentFigures(SegmentInfo info)
{
    public long MinId { get; set; } = info.MinId;

    public long MaxId { get; set; } = info.MaxId;

    public long MinTs { get; set; } = info.MinTs;

    public long MaxTs { get; set; } = info.MaxTs;

    public long MaxDelay { get; set; } = info.MaxDelay;

    public long? MaxAhead { get; set; } = info.MaxAhead;

    public long Logs { get; set; } = info.Logs;

    public long Spans { get; set; } = info.Spans;

    public long Points { get; set; } = info.Points;

    public readonly SegmentInfo ApplyTo(SegmentInfo known) => known with
    {
        MinId = MinId,
        MaxId = MaxId,
        MinTs = MinTs,
        MaxTs = MaxTs,
        MaxDelay = MaxDelay,
        MaxAhead = MaxAhead,
        Logs = Logs,
        Spans = Spans,
        Points = Points,
    };
}
