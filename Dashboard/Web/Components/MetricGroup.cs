using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Web.Charts;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>A meter with its instruments.</summary>
public sealed record MetricGroup(string Meter, IReadOnlyList<MetricEntry> Items)
{
    /// <summary>Those that have sent something in the range come first.</summary>
    internal static IReadOnlyList<MetricGroup> From(IReadOnlyList<Instrument> instruments, MetricRequest request) =>
    [
        .. instruments
            .Where(instrument => request.Find is not { } text || $"{instrument.Meter} {instrument.Name}".Contains(text, StringComparison.OrdinalIgnoreCase))
            .GroupBy(instrument => instrument.Meter)
            .Select(group => new MetricGroup(
                group.Key,
                [.. group.OrderBy(instrument => instrument.LastTime is null).ThenBy(instrument => instrument.Name, StringComparer.OrdinalIgnoreCase).Select(i => MetricEntry.From(i, request))]))
            .OrderBy(group => group.Items.All(item => !item.HasData)).ThenBy(group => group.Meter, StringComparer.OrdinalIgnoreCase),
    ];
}

/// <summary>One instrument in the list.</summary>
public sealed record MetricEntry
{
    public required string Name { get; init; }

    public required string Address { get; init; }

    public required string Type { get; init; }

    public required string Unit { get; init; }

    public required string Description { get; init; }

    public required int Series { get; init; }

    public required IReadOnlyList<string> Replicas { get; init; }

    /// <summary>The newest value with its unit; a dash when there is none.</summary>
    public required string Value { get; init; }

    public bool HasData { get; init; }

    public bool IsCurrent { get; init; }

    internal static MetricEntry From(Instrument instrument, MetricRequest request) => new()
    {
        Name = instrument.Name,
        // Figure and dimensions are those of another instrument; view, range and search go along.
        Address = (request with { Meter = instrument.Meter, Instrument = instrument.Name, Stat = null, SplitBy = null, Dimensions = [] }).Address(),
        Type = TypeOf(instrument.Kind),
        Unit = instrument.Unit,
        Description = instrument.Description,
        Series = instrument.Series,
        Replicas = [.. instrument.Replicas.Order(NaturalOrder.Instance)],
        Value = instrument.LastValue is { } value ? Measure.Text(value, instrument.Unit) : "–",
        HasData = instrument.LastTime is not null,
        IsCurrent = instrument.Name == request.Instrument && instrument.Meter == request.Meter,
    };

    internal static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.UpDown => "up-down counter",
        MetricKind.Histogram => "histogram",
        MetricKind.Summary => "summary",
        _ => "gauge",
    };
}
