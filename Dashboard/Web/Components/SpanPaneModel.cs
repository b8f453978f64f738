using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>All that is known of one span.</summary>
public sealed record SpanPaneModel
{
    public required string TraceId { get; init; }

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Instance { get; init; }

    public required int Hue { get; init; }

    public required bool IsError { get; init; }

    public string? Error { get; init; }

    public required IReadOnlyList<LogField> Facts { get; init; }

    public required IReadOnlyList<AttributeModel> Attributes { get; init; }

    public required IReadOnlyList<AttributeModel> Resource { get; init; }

    public required IReadOnlyList<SpanEventModel> Events { get; init; }

    public required IReadOnlyList<SpanLinkModel> Links { get; init; }

    public required IReadOnlyList<TraceLogModel> Logs { get; init; }

    /// <summary>Milliseconds since 1970, of the trace.</summary>
    public required long Begin { get; init; }

    public string TraceAddress => $"/traces/detail/{TraceId}?t={Begin}";

    public string ExportAddress => $"/traces/export/{TraceId}?t={Begin}&span={Id}";

    /// <summary>Null when the trace has no such span.</summary>
    internal static SpanPaneModel? From(TraceTree tree, string id, IReadOnlyList<LogRow> logs, Viewer viewer)
    {
        if (tree.Nodes.FirstOrDefault(node => node.Span.Row.SpanId == id) is not { } node)
        {
            return null;
        }

        var span = node.Span;
        var begin = UnixTicks.ToTime(tree.Start).ToUnixTimeMilliseconds();
        return new SpanPaneModel
        {
            TraceId = span.Row.TraceId,
            Id = id,
            Title = node.Title,
            Instance = span.Resource.DisplayName,
            Hue = Tone.Hue(span.Resource.DisplayName),
            IsError = node.IsError,
            Error = span.Row.StatusMessage,
            Facts = FactsOf(node, tree, viewer),
            Attributes = node.Attributes,
            Resource = SpanAttributes.Of(span.Resource.AttributesJson),
            Events = [.. SpanEvents.Of(span).OrderBy(item => item.Time).Select(item => SpanEventModel.From(item, tree.Start, viewer))],
            Links = [.. SpanEvents.LinksOf(span).Select(link => new SpanLinkModel(link.TraceId, link.SpanId, $"/traces/detail/{link.TraceId}?span={link.SpanId}", link.TraceId == span.Row.TraceId, link.Attributes))],
            Logs = [.. logs.Where(row => row.SpanId == id).Select(row => TraceLogModel.From(row, tree, $"/traces/detail/{span.Row.TraceId}?t={begin}", viewer))],
            Begin = begin,
        };
    }

    private static List<LogField> FactsOf(SpanNode node, TraceTree tree, Viewer viewer)
    {
        var (span, row) = (node.Span, node.Span.Row);
        List<LogField> facts =
        [
            new("Start", $"{viewer.Full(row.Start)}, {Format.Duration(span.Start - tree.Start)} after the first"),
            new("Duration", $"{Format.Duration(span.End - span.Start)}, of these {Format.Duration(node.SelfTime)} itself"),
            new("Kind", row.Kind switch { 1 => "internal", 2 => "server", 3 => "client", 4 => "producer", 5 => "consumer", _ => "not given" }),
            new("Status", row.Status switch { 1 => "ok", 2 => "error", _ => "not set" }),
        ];
        AddIf("Name", row.Name == node.Title ? null : row.Name);
        AddIf("Route", row.Route);
        AddIf("Calls", SpanPeer.Of(node));
        AddIf("Source", span.Scope);
        facts.Add(new("Span", row.SpanId));
        AddIf("Parent", row.ParentSpanId is { } parent ? node.LacksParent ? $"{parent}, which was not received" : parent : null);
        return facts;

        void AddIf(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts.Add(new(name, value));
            }
        }
    }
}

/// <summary>Something that happened during a span.</summary>
public sealed record SpanEventModel(string Name, string Offset, string FullTime, bool IsException, IReadOnlyList<AttributeModel> Attributes, string? StackTrace)
{
    internal static SpanEventModel From(SpanEvent item, long start, Viewer viewer)
    {
        const string stack = "exception.stacktrace";
        return new SpanEventModel(
            item.Name, Format.Duration(item.Time - start), viewer.Full(UnixTicks.ToTime(item.Time)), item.IsException,
            [.. item.Attributes.Where(attribute => attribute.Name != stack)], item.Attributes.Value(stack));
    }
}

/// <summary>Another span that this one names.</summary>
public sealed record SpanLinkModel(string TraceId, string SpanId, string Address, bool IsSameTrace, IReadOnlyList<AttributeModel> Attributes);
