using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Charts;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>One chart of the Metrics page with its lines.</summary>
public sealed record MetricPlot(string? Title, int Hue, IReadOnlyList<ChartLine> Lines, IReadOnlyList<MetricRow> Rows, IReadOnlyList<MetricDot> Dots)
{
    internal static IReadOnlyList<MetricPlot> From(MetricChart chart, MetricRequest request, IReadOnlyList<MetricStat> stats, string unit, Viewer viewer)
    {
        var isMultiples = request.View == MetricView.Multiples;
        // A dot is a measured value: on a chart of rates it would be out of place.
        var dots = stats[0] is MetricStat.P50 or MetricStat.P95 or MetricStat.P99 or MetricStat.Mean ? chart.Exemplars : [];
        return
        [
            .. chart.Lines
                .GroupBy(line => isMultiples ? line.Key.Replica : null)
                .OrderBy(group => group.Key == LineKey.Rest).ThenBy(group => group.Key ?? "", NaturalOrder.Instance)
                .Select(group =>
                {
                    var lines = LinesOf(group, isMultiples, stats);
                    return new MetricPlot(
                        group.Key, Tone.Hue(group.Key ?? ""), lines, [.. lines.Select(line => MetricRow.From(line, unit))],
                        [.. dots.Where(dot => group.Key is null || dot.Replica == group.Key).Select(dot => MetricDot.From(dot, chart.Axis, unit, viewer))]);
                })
                .Where(plot => plot.Lines.Count > 0),
        ];
    }

    private static IReadOnlyList<ChartLine> LinesOf(IEnumerable<MetricLine> lines, bool isMultiples, IReadOnlyList<MetricStat> stats)
    {
        var ordered = lines.OrderBy(line => line.Key.Replica == LineKey.Rest || line.Key.Value == LineKey.Rest)
            .ThenBy(line => line.Key.Replica ?? "", NaturalOrder.Instance).ThenBy(line => line.Key.Value ?? "", NaturalOrder.Instance).ToList();
        return
        [
            .. ordered.SelectMany((line, index) => stats.Select((stat, place) => new ChartLine(
                NameOf(line.Key, isMultiples, stats.Count > 1 ? stat : null), HueOf(line.Key, index, stats.Count > 1 ? place : null, isMultiples), line.Figures.Values(stat))))
                // The segment knows replicas that have been silent for the whole range.
                .Where(line => line.Values.Any(value => value is not null)),
        ];
    }

    private static string NameOf(LineKey key, bool isMultiples, MetricStat? stat)
    {
        string?[] parts = [isMultiples ? null : key.Replica, key.Value is "" ? "(none)" : key.Value, stat?.ToString().ToLowerInvariant()];
        var name = string.Join(" · ", parts.OfType<string>());
        return name.Length > 0 ? name : key.Replica ?? "all";
    }

    // A replica has its own colour everywhere; percentiles and values have theirs.
    private static int HueOf(LineKey key, int index, int? percentile, bool isMultiples) => percentile switch
    {
        0 => 1,
        1 => 2,
        2 => 5,
        _ => key.Value is null && key.Replica is not null ? Tone.Hue(key.Replica) : index,
    };
}

/// <summary>A line's figures in words.</summary>
public sealed record MetricRow(string Name, int Hue, string Last, string Smallest, string Average, string Largest)
{
    internal static MetricRow From(ChartLine line, string unit)
    {
        var known = line.Values.OfType<double>().ToList();
        return known.Count == 0
            ? new MetricRow(line.Name, line.Hue, "–", "–", "–", "–")
            : new MetricRow(
                line.Name, line.Hue, Measure.Text(known[^1], unit), Measure.Text(known.Min(), unit), Measure.Text(known.Average(), unit), Measure.Text(known.Max(), unit));
    }
}

/// <summary>An exemplar: a measured value and the trace that it leads to.</summary>
/// <param name="Address">Of the trace.</param>
/// <param name="Text">When, what and of whom.</param>
/// <param name="At">Which part of the range lies before it, from 0 to 1.</param>
/// <param name="Value">In the chart's unit.</param>
/// <param name="Hue">Its replica's colour.</param>
public sealed record MetricDot(string Address, string Text, double At, double Value, int Hue)
{
    internal static MetricDot From(Exemplar exemplar, TimeAxis axis, string unit, Viewer viewer) => new(
        $"/traces/detail/{exemplar.TraceId}?t={UnixTicks.ToTime(exemplar.Time).ToUnixTimeMilliseconds()}",
        $"{viewer.Clock(UnixTicks.ToTime(exemplar.Time))} {Measure.Text(exemplar.Value, unit)} {exemplar.Replica}",
        (double)(exemplar.Time - axis.From) / (axis.To - axis.From),
        exemplar.Value,
        Tone.Hue(exemplar.Replica));
}
