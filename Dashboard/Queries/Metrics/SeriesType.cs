namespace Stack.Dashboard.Queries.Metrics;

/// <summary>What a metric measures, and so how its values are put together.</summary>
internal enum MetricKind
{
    /// <summary>A value of the moment: the last one counts.</summary>
    Gauge,

    /// <summary>A total that goes up and down, as a working set: the last one counts.</summary>
    UpDown,

    /// <summary>A total that only goes up: what matters is how fast.</summary>
    Counter,

    /// <summary>Counts of values in buckets.</summary>
    Histogram,

    /// <summary>Quantiles that the sender has computed.</summary>
    Summary,
}

/// <summary>The type of a series as the store names it, for example <c>sum:cumulative</c>.</summary>
/// <param name="Kind">What it measures.</param>
/// <param name="IsDelta">Each point counts only what came since the last one.</param>
internal readonly record struct SeriesType(MetricKind Kind, bool IsDelta)
{
    /// <summary>Whether its values are changes over time; else the last value counts.</summary>
    public bool IsFlow => Kind is MetricKind.Counter or MetricKind.Histogram or MetricKind.Summary || IsDelta;

    public static SeriesType Parse(string type)
    {
        var separator = type.IndexOf(':', StringComparison.Ordinal);
        var kind = (separator < 0 ? type : type[..separator]) switch
        {
            "sum" => MetricKind.Counter,
            "updown" => MetricKind.UpDown,
            "histogram" or "exponential" => MetricKind.Histogram,
            "summary" => MetricKind.Summary,
            _ => MetricKind.Gauge,
        };
        return new SeriesType(kind, type.EndsWith(":delta", StringComparison.Ordinal));
    }
}
