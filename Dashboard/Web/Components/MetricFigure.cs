using Stack.Dashboard.Queries.Metrics;

namespace Stack.Dashboard.Web.Components;

/// <summary>The figures that an instrument can be shown by, and their units.</summary>
internal static class MetricFigure
{
    /// <summary>The three percentiles together.</summary>
    public const string Percentiles = "percentiles";

    public static readonly IReadOnlyList<(string Key, string Text, MetricStat Stat)> All =
    [
        ("sum", "Sum", MetricStat.Sum),
        ("avg", "Average", MetricStat.Average),
        ("max", "Largest", MetricStat.Largest),
        ("min", "Smallest", MetricStat.Smallest),
        ("rate", "Per second", MetricStat.Rate),
        ("p50", "p50", MetricStat.P50),
        ("p95", "p95", MetricStat.P95),
        ("p99", "p99", MetricStat.P99),
        ("mean", "Mean", MetricStat.Mean),
    ];

    private static readonly IReadOnlyList<string> OfLevels = ["sum", "avg", "max", "min"];
    private static readonly IReadOnlyList<string> OfCounters = ["rate"];
    private static readonly IReadOnlyList<string> OfHistograms = ["p50", "p95", "p99", "mean", "rate"];

    /// <summary>What may be chosen, the usual one first.</summary>
    /// <param name="type">Of the instrument.</param>
    /// <param name="unit">Of the instrument.</param>
    /// <param name="isOneLine">A line of a chart stands alone, so that three percentiles can stand in for it.</param>
    public static IReadOnlyList<string> Offered(SeriesType type, string unit, bool isOneLine) => type switch
    {
        { Kind: MetricKind.Histogram or MetricKind.Summary } => isOneLine ? [Percentiles, .. OfHistograms] : ["p95", .. OfHistograms.Where(key => key != "p95")],
        { IsFlow: true } => OfCounters,
        // Shares and temperatures say nothing when they are added up.
        { Kind: MetricKind.Gauge } when unit is "1" or "%" or "Cel" => ["avg", .. OfLevels.Where(key => key != "avg")],
        _ => OfLevels,
    };

    public static string TextOf(string key) => key == Percentiles ? "p50, p95, p99" : All.First(figure => figure.Key == key).Text;

    public static IReadOnlyList<MetricStat> StatsOf(string key) => key == Percentiles
        ? [MetricStat.P50, MetricStat.P95, MetricStat.P99]
        : [All.First(figure => figure.Key == key).Stat];

    public static string UnitOf(MetricStat stat, Instrument instrument) => (stat, instrument.Kind) switch
    {
        (MetricStat.Rate, MetricKind.Histogram or MetricKind.Summary) => "/s",
        (MetricStat.Rate, _) => instrument.Unit is "1" or "" ? "/s" : instrument.Unit + "/s",
        _ => instrument.Unit,
    };
}
