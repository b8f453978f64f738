namespace Stack.Dashboard.Web.Components;

/// <summary>What the Metrics page shows.</summary>
public sealed record MetricsModel
{
    /// <summary>Instruments by meter.</summary>
    public required IReadOnlyList<MetricGroup> Groups { get; init; }

    public required IReadOnlyList<TelemetryGroup> Resources { get; init; }

    /// <summary>The service or replica that is chosen; null for all.</summary>
    public string? Resource { get; init; }

    public required TimeRange Range { get; init; }

    /// <summary>The text that the list is narrowed down to.</summary>
    public string? Find { get; init; }

    /// <summary>What the address says beside names, range and search.</summary>
    public required IReadOnlyList<(string Name, string Value)> Kept { get; init; }

    public required string Meter { get; init; }

    public string? Instrument { get; init; }

    /// <summary>The page without an instrument.</summary>
    public required string ListAddress { get; init; }

    public bool IsPartial { get; init; }

    /// <summary>Values that were left out because their series were too many.</summary>
    public long PointsBeyondCap { get; init; }

    /// <summary>Null while no instrument is chosen.</summary>
    public MetricChartModel? Chart { get; init; }
}
