using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>One instrument over time, ready to be drawn.</summary>
public sealed record MetricChartModel
{
    public required string Name { get; init; }

    public required string Meter { get; init; }

    public string Type { get; init; } = "";

    public string Unit { get; init; } = "";

    public string Description { get; init; } = "";

    public int Series { get; init; }

    /// <summary>What is drawn: the chosen range in whole parts.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>How long one part is.</summary>
    public string Step { get; init; } = "";

    public IReadOnlyList<MetricChoice> Views { get; init; } = [];

    public IReadOnlyList<MetricChoice> Figures { get; init; } = [];

    public IReadOnlyList<MetricDimension> Dimensions { get; init; } = [];

    /// <summary>The attribute that each line stands for one value of; null for none.</summary>
    public string? SplitBy { get; init; }

    public IReadOnlyList<MetricPlot> Plots { get; init; } = [];

    /// <summary>Of what the charts show, not of the instrument.</summary>
    public string ShownUnit { get; init; } = "";

    /// <summary>The largest value of all charts, so that they have one scale.</summary>
    public double Largest { get; init; }

    /// <summary>The smallest one where there is one below zero.</summary>
    public double Smallest { get; init; }

    public bool IsPartial { get; init; }

    /// <summary>Where to get this part of the page anew; null when the range stands still.</summary>
    public string? LiveAddress { get; init; }

    /// <summary>Seconds until it is worth getting it anew.</summary>
    public int LiveSeconds { get; init; }

    public bool IsEmpty => Plots.Count == 0;

    internal static MetricChartModel From(MetricRequest request, MetricChart? chart, Viewer viewer)
    {
        var model = new MetricChartModel
        {
            Name = request.Instrument!,
            Meter = request.Meter,
            Range = request.Range,
            SplitBy = request.SplitBy,
            Dimensions = [.. request.Dimensions.Select(d => new MetricDimension(d.Key, [new MetricChoice(MetricRequest.Dimension(d.Key, d.Value), d.Value, true)]))],
            LiveAddress = request.Range.Relative is null ? null : request.FragmentAddress(),
            LiveSeconds = Seconds(request.Range.Length),
        };
        return chart is null ? model : model.With(request, chart, viewer);
    }

    private MetricChartModel With(MetricRequest request, MetricChart chart, Viewer viewer)
    {
        var isOneLine = request.View != MetricView.Replica && request.SplitBy is null;
        var offered = MetricFigure.Offered(SeriesType.Parse(chart.Instrument.Type), chart.Instrument.Unit, isOneLine);
        var figure = request.Stat is { } wanted && offered.Contains(wanted) ? wanted : offered[0];
        var unit = MetricFigure.UnitOf(MetricFigure.StatsOf(figure)[0], chart.Instrument);
        var range = request.Range with { From = UnixTicks.ToTime(chart.Axis.From), To = UnixTicks.ToTime(chart.Axis.To) };
        var plots = MetricPlot.From(chart, request, MetricFigure.StatsOf(figure), unit, viewer);
        var values = plots.SelectMany(plot => plot.Lines).SelectMany(line => line.Values).OfType<double>().ToList();
        return this with
        {
            Type = MetricEntry.TypeOf(chart.Instrument.Kind),
            Unit = chart.Instrument.Unit,
            Description = chart.Instrument.Description,
            Series = chart.Series,
            Range = range,
            Step = Format.Span(TimeSpan.FromTicks(chart.Axis.Width)),
            Views = [.. MetricView.All.Select(view => new MetricChoice(view.Key, view.Text, view.Key == request.View))],
            Figures = [.. offered.Select(key => new MetricChoice(key, MetricFigure.TextOf(key), key == figure))],
            Dimensions =
            [
                .. chart.Dimensions.Select(dimension => MetricDimension.From(dimension, request.Dimensions)),
                // What nothing matches can be taken back too.
                .. Dimensions.Where(chosen => !chart.Dimensions.Any(known => known.Key == chosen.Key)),
            ],
            Plots = values.Count == 0 ? [] : plots,
            ShownUnit = unit,
            Largest = values.DefaultIfEmpty().Max(),
            Smallest = Math.Min(0, values.DefaultIfEmpty().Min()),
            IsPartial = chart.IsPartial,
        };
    }

    // As often as something new is to be seen in it.
    private static int Seconds(TimeSpan length) => (int)Math.Clamp(length.TotalSeconds / TimeAxis.MostParts, 2, 60);
}

/// <summary>One of several values of a parameter.</summary>
public sealed record MetricChoice(string Key, string Text, bool IsChosen);

/// <summary>An attribute that can be filtered and split by.</summary>
public sealed record MetricDimension(string Key, IReadOnlyList<MetricChoice> Values)
{
    internal static MetricDimension From(Dimension dimension, IReadOnlyList<DimensionFilter> chosen) => new(
        dimension.Key,
        [
            .. dimension.Values.Select(value => new MetricChoice(
                MetricRequest.Dimension(dimension.Key, value), value.Length == 0 ? "(empty)" : value, chosen.Contains(new DimensionFilter(dimension.Key, value)))),
        ]);
}
