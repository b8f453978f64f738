namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Which values of an instrument are wanted, and how they are drawn.</summary>
internal sealed record MetricFilter
{
    public required string Meter { get; init; }

    public required string Instrument { get; init; }

    public required TimeAxis Axis { get; init; }

    /// <summary>Service, instance id or display name; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>All of these attributes must have these values.</summary>
    public IReadOnlyList<DimensionFilter> Dimensions { get; init; } = [];

    /// <summary>One line for each value of this attribute; null = they are put together.</summary>
    public string? SplitBy { get; init; }

    /// <summary>One line for each replica; else they are put together.</summary>
    public bool ByReplica { get; init; }

    public int MaxLines { get; init; } = 12;
}

/// <summary>An attribute that must have a value.</summary>
internal readonly record struct DimensionFilter(string Key, string Value);
