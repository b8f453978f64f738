using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>One trace with its spans below each other.</summary>
public sealed record TraceModel
{
    /// <summary>Height of the map; of longer traces several rows share one line of it.</summary>
    public const int MapLanes = 60;
    private const int LeastForMap = 30;

    public required string Id { get; init; }

    /// <summary>What was asked for, by its first span.</summary>
    public required string Title { get; init; }

    public int? Status { get; init; }

    public required string FullTime { get; init; }

    public required string Iso { get; init; }

    public required string Duration { get; init; }

    public required int SpanCount { get; init; }

    public required int Errors { get; init; }

    public required long Retries { get; init; }

    /// <summary>The innermost row that says what went wrong.</summary>
    public SpanModel? Failed { get; init; }

    public required IReadOnlyList<InstanceShare> Shares { get; init; }

    /// <summary>The rows; those below a row are its children.</summary>
    public required IReadOnlyList<SpanModel> Rows { get; init; }

    /// <summary>Times at the quarters.</summary>
    public required IReadOnlyList<string> Axis { get; init; }

    /// <summary>All rows in small; empty when they can be seen at once.</summary>
    public required IReadOnlyList<MapBar> Map { get; init; }

    /// <summary>In the order of their times.</summary>
    public required IReadOnlyList<TraceLogModel> Logs { get; init; }

    /// <summary>There are more spans than are shown.</summary>
    public bool IsCut { get; init; }

    /// <summary>Something could not be read.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Only the time around it was looked through.</summary>
    public bool IsNarrow { get; init; }

    /// <summary>The span whose details are open.</summary>
    public SpanPaneModel? Pane { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long Begin { get; init; }

    public string ExportAddress => $"/traces/export/{Id}?t={Begin}";

    public string Address => AddressOf(Id, Begin);

    /// <summary>With the time, so that only the segments around it are opened.</summary>
    internal static string AddressOf(string id, DateTimeOffset start) => AddressOf(id, start.ToUnixTimeMilliseconds());

    internal static TraceModel From(StoredTrace trace, IReadOnlyList<LogRow> logs, string? selected, Viewer viewer)
    {
        var tree = TraceTree.Of(trace);
        var first = tree.Roots[0];
        var begin = UnixTicks.ToTime(tree.Start).ToUnixTimeMilliseconds();
        var length = tree.End - tree.Start;
        var inOrder = logs.OrderBy(row => row.Time).ToList();
        var builder = new WaterfallBuilder(tree, inOrder.ToLookup(row => row.SpanId ?? ""), id => $"{AddressOf(trace.Id, begin)}&span={id}");
        var rows = builder.Build();
        return new TraceModel
        {
            Id = trace.Id,
            Title = first.Title,
            Status = first.Span.Row.HttpStatus,
            FullTime = viewer.Full(first.Span.Row.Start),
            Iso = first.Span.Row.Start.UtcDateTime.ToString("O"),
            Duration = Format.Duration(length),
            SpanCount = tree.Nodes.Count,
            Errors = tree.Nodes.Count(node => node.IsError),
            Retries = tree.Retries,
            Failed = Flat(rows).Where(row => row.Error is not null).OrderBy(row => row.Depth).LastOrDefault(),
            Shares = builder.Shares(),
            Rows = rows,
            Axis = [.. Enumerable.Range(0, 5).Select(i => Format.Duration(length * i / 4))],
            Map = MapOf(rows),
            Logs = [.. inOrder.Select(row => TraceLogModel.From(row, tree, AddressOf(trace.Id, begin), viewer))],
            IsCut = trace.IsCut,
            IsPartial = trace.IsPartial,
            IsNarrow = trace.IsNarrow,
            Pane = selected is null ? null : SpanPaneModel.From(tree, selected, inOrder, viewer),
            Begin = begin,
        };
    }

    private static string AddressOf(string id, long begin) => $"/traces/detail/{id}?t={begin}";

    private static IReadOnlyList<MapBar> MapOf(List<SpanModel> rows)
    {
        var all = Flat(rows).ToList();
        return all.Count < LeastForMap ? [] : [.. all.Select((row, index) => new MapBar((int)((long)index * MapLanes / all.Count), row.Bar?.X ?? "0%", row.Bar?.Width ?? "0%", row.Hue, row.IsError))];
    }

    private static IEnumerable<SpanModel> Flat(IEnumerable<SpanModel> rows) => rows.SelectMany(row => Flat(row.Children).Prepend(row));
}

/// <summary>A row of the waterfall in small.</summary>
public sealed record MapBar(int Lane, string X, string Width, int? Hue, bool IsError);

/// <summary>A log record of a trace.</summary>
public sealed record TraceLogModel(
    string Offset, string FullTime, string Iso, string Level, string LevelText, string Instance, int Hue, string Message, string? SpanTitle, string? SpanAddress)
{
    internal static TraceLogModel From(LogRow row, TraceTree tree, string address, Viewer viewer)
    {
        var level = Tone.OfSeverity(row.Severity);
        var span = tree.Nodes.FirstOrDefault(node => node.Span.Row.SpanId == row.SpanId);
        return new TraceLogModel(
            Format.Duration(UnixTicks.Of(row.Time) - tree.Start), viewer.Full(row.Time), row.Time.UtcDateTime.ToString("O"), level, char.ToUpperInvariant(level[0]) + level[1..],
            row.DisplayName, Tone.Hue(row.DisplayName), row.Body, span?.Title, span is null ? null : $"{address}&span={row.SpanId}");
    }
}
