namespace Stack.Dashboard.Queries.Metrics;

/// <summary>An instrument that has sent something, over all who have it.</summary>
internal sealed record Instrument
{
    public required string Meter { get; init; }

    public required string Name { get; init; }

    public required string Unit { get; init; }

    /// <summary>As the store names it, for example <c>sum:cumulative</c>.</summary>
    public required string Type { get; init; }

    public string Description { get; init; } = "";

    public int Series { get; init; }

    /// <summary>Display names of the senders.</summary>
    public IReadOnlyList<string> Replicas { get; init; } = [];

    /// <summary>When the newest value was measured; null = in this range there is none.</summary>
    public DateTimeOffset? LastTime { get; init; }

    /// <summary>The newest values of all series together; of a histogram the mean. Null where adding them up makes no sense.</summary>
    public double? LastValue { get; init; }

    public MetricKind Kind => SeriesType.Parse(Type).Kind;
}
