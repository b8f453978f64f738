using System.Text.Json;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components;

/// <summary>One trace, ready to be shown: as a line of the list, and as its spans below each other.</summary>
public sealed record TraceModel
{
    public required string Id { get; init; }

    /// <summary>What was asked for, by its first span.</summary>
    public required string Title { get; init; }

    /// <summary>Status of the first span's answer; null when it has none.</summary>
    public int? Status { get; init; }

    public required string Time { get; init; }

    public required string FullTime { get; init; }

    public required string Iso { get; init; }

    public required string Duration { get; init; }

    /// <summary>The instances that took part, in the order in which they were reached.</summary>
    public required IReadOnlyList<string> Instances { get; init; }

    public required int Errors { get; init; }

    /// <summary>How often the gateway asked another replica.</summary>
    public required long Retries { get; init; }

    /// <summary>Parents before their children.</summary>
    public required IReadOnlyList<SpanModel> Spans { get; init; }

    internal static TraceModel From(StoredTrace trace, Viewer viewer)
    {
        var (start, end) = (trace.Spans.Min(span => span.Start), trace.Spans.Max(span => span.End));
        var spans = InOrder(trace.Spans).Select(item => SpanModel.From(item.Span, item.Depth, start, Math.Max(1, end - start), viewer)).ToList();
        var first = trace.Spans.FirstOrDefault(span => span.Row.SpanId == spans[0].Id)!;
        return new TraceModel
        {
            Id = trace.Id,
            Title = spans[0].Title,
            Status = first.Row.HttpStatus,
            Time = viewer.PreciseClock(first.Row.Start),
            FullTime = viewer.Full(first.Row.Start),
            Iso = first.Row.Start.UtcDateTime.ToString("O"),
            Duration = SpanModel.Milliseconds(end - start),
            Instances = [.. spans.Select(span => span.Instance).Distinct()],
            Errors = spans.Count(span => span.IsError),
            Retries = spans.Sum(span => span.Retries),
            Spans = spans,
        };
    }

    /// <summary>A span whose parent has not arrived, or belongs to somebody else, stands at the left. No span is shown twice, whatever senders claim.</summary>
    private static List<(StoredSpan Span, int Depth)> InOrder(IReadOnlyList<StoredSpan> spans)
    {
        var known = spans.Select(span => span.Row.SpanId).ToHashSet();
        var children = spans.ToLookup(span => span.Row.ParentSpanId is { } parent && parent != span.Row.SpanId && known.Contains(parent) ? parent : "");
        List<(StoredSpan Span, int Depth)> ordered = new(spans.Count);
        HashSet<StoredSpan> seen = new(ReferenceEqualityComparer.Instance);
        foreach (var root in children[""].Concat(spans))
        {
            Stack<(StoredSpan Span, int Depth)> open = new([(root, 0)]);
            while (open.TryPop(out var next))
            {
                if (seen.Add(next.Span))
                {
                    ordered.Add(next);
                    foreach (var child in children[next.Span.Row.SpanId].Reverse())
                    {
                        open.Push((child, next.Depth + 1));
                    }
                }
            }
        }

        return ordered;
    }
}

/// <summary>One span, ready to be shown.</summary>
public sealed record SpanModel
{
    private const int DeepestIndent = 8;

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Instance { get; init; }

    public required int Hue { get; init; }

    /// <summary>How far to the right its title stands.</summary>
    public required int Indent { get; init; }

    public required bool IsError { get; init; }

    public required long Retries { get; init; }

    /// <summary>After the beginning of the trace.</summary>
    public required string Offset { get; init; }

    public required string Duration { get; init; }

    /// <summary>Where its bar begins and how long it is, in percent of the trace.</summary>
    public required (string X, string Width) Bar { get; init; }

    public required IReadOnlyList<LogField> Fields { get; init; }

    public required IReadOnlyList<SpanEventModel> Events { get; init; }

    internal static SpanModel From(StoredSpan span, int depth, long start, long length, Viewer viewer)
    {
        var row = span.Row;
        var attributes = Attributes(row.AttributesJson);
        return new SpanModel
        {
            Id = row.SpanId,
            Title = TitleOf(row.Name, row.HttpStatus, attributes),
            Instance = span.Resource.DisplayName,
            Hue = Tone.Hue(span.Resource.DisplayName),
            Indent = Math.Min(depth, DeepestIndent),
            IsError = row.Status == 2,
            Retries = attributes.Find(field => field.Name == "stack.retries") is { } retries && long.TryParse(retries.Value, out var count) ? count : 0,
            Offset = Milliseconds(span.Start - start),
            Duration = Milliseconds(row.DurationNanoseconds / 100),
            Bar = (Percent(span.Start - start, length), Percent(Math.Max(row.DurationNanoseconds / 100, length / 200), length)),
            Fields =
            [
                new("Start", viewer.Full(row.Start)),
                new("Span", row.SpanId),
                .. row.ParentSpanId is { } parent ? [new LogField("Parent", parent)] : Array.Empty<LogField>(),
                new("Source", span.Scope),
                .. row.StatusMessage is { } message ? [new LogField("Error", message)] : Array.Empty<LogField>(),
                .. attributes,
            ],
            Events = EventsOf(row.EventsJson, start),
        };
    }

    internal static string Milliseconds(long ticks) => ticks >= TimeSpan.TicksPerSecond * 10
        ? $"{ticks / (double)TimeSpan.TicksPerSecond:0.0} s"
        : $"{ticks / (double)TimeSpan.TicksPerMillisecond:0.##} ms";

    /// <summary>A name like "GET" alone says little: the gateway has no route.</summary>
    private static string TitleOf(string name, int? status, List<LogField> attributes)
    {
        var path = name.Contains(' ') ? null : attributes.Find(field => field.Name == "url.path")?.Value;
        return $"{name}{(path is null ? "" : $" {path}")}{(status is null ? "" : $" {status}")}";
    }

    private static string Percent(long part, long whole) => $"{Math.Clamp(part * 100.0 / whole, 0, 100):0.###}%";

    private static List<SpanEventModel> EventsOf(string? json, long start)
    {
        if (json is null)
        {
            return [];
        }

        using var items = JsonDocument.Parse(json);
        return
        [
            .. items.RootElement.EnumerateArray().Select(item => new SpanEventModel(
                item.GetProperty("name").GetString()!,
                Milliseconds(item.GetProperty("t").GetInt64() - start),
                string.Join("  ", Attributes(item.GetProperty("attrs").GetRawText()).Select(field => $"{field.Name}={field.Value}")))),
        ];
    }

    private static List<LogField> Attributes(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(p => new LogField(p.Name, p.Value.ValueKind is JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText()) { IsAttribute = true })];
    }
}

/// <summary>Something that happened during a span.</summary>
public sealed record SpanEventModel(string Name, string Offset, string Text);
