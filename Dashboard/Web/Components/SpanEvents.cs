using System.Text.Json;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components;

/// <summary>What happened during a span, and which other spans it names.</summary>
internal static class SpanEvents
{
    public static IReadOnlyList<SpanEvent> Of(StoredSpan span)
    {
        if (span.Row.EventsJson is not { } json)
        {
            return [];
        }

        using var items = JsonDocument.Parse(json);
        return [.. items.RootElement.EnumerateArray().Select(item => new SpanEvent(item.GetProperty("t").GetInt64(), item.GetProperty("name").GetString() ?? "", SpanAttributes.Of(item.GetProperty("attrs"))))];
    }

    /// <summary>Links whose sender gave no valid ids are left out.</summary>
    public static IReadOnlyList<(string TraceId, string SpanId, IReadOnlyList<AttributeModel> Attributes)> LinksOf(StoredSpan span)
    {
        if (span.Row.LinksJson is not { } json)
        {
            return [];
        }

        using var items = JsonDocument.Parse(json);
        return
        [
            .. items.RootElement.EnumerateArray()
                .Where(item => item.GetProperty("trace").ValueKind is JsonValueKind.String && item.GetProperty("span").ValueKind is JsonValueKind.String)
                .Select(item => (item.GetProperty("trace").GetString()!, item.GetProperty("span").GetString()!, SpanAttributes.Of(item.GetProperty("attrs")))),
        ];
    }
}

/// <summary>Something that happened during a span.</summary>
/// <param name="Time">In 100 ns ticks since 1970.</param>
internal sealed record SpanEvent(long Time, string Name, IReadOnlyList<AttributeModel> Attributes)
{
    public bool IsException => Name == "exception" || Attributes.Value("exception.type") is not null;
}
