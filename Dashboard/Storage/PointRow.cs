namespace Stack.Dashboard.Storage;

/// <summary>One value of a series at the sender's time: a number, or a histogram as the OTLP message without attributes and exemplars.</summary>
internal sealed record PointRow
{
    public required DateTimeOffset Time { get; init; }

    public long? Integer { get; init; }

    public double? Real { get; init; }

    public byte[]? Histogram { get; init; }

    /// <summary>What tells whether something happened since the last point: the value, or a histogram's count.</summary>
    public double Progress { get; init; }

    public string? ExemplarsJson { get; init; }

    /// <summary>When the sender began to count; null when it does not say.</summary>
    public DateTimeOffset? Start { get; init; }

    public int Size => 180 + (Histogram?.Length ?? 0) + (2 * (ExemplarsJson?.Length ?? 0));
}
