using System.Globalization;
using System.Text.Json;

namespace Stack.Dashboard.Queries;

internal static partial class OtlpJsonWriter
{
    /// <summary>The array <c>resourceSpans</c>; groups in the order of their first span, spans in the order given.</summary>
    public static void WriteResourceSpans(Utf8JsonWriter json, IEnumerable<StoredSpan> spans)
    {
        json.WriteStartArray("resourceSpans");
        WriteSenders(json, spans);
        json.WriteEndArray();
    }

    /// <summary>What is in that array, for one that is written in several parts.</summary>
    public static void WriteSenders(Utf8JsonWriter json, IEnumerable<StoredSpan> spans)
    {
        foreach (var sender in spans.GroupBy(span => (span.Resource.DisplayName, span.Resource.AttributesJson)))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, sender.Key.AttributesJson, null);
            json.WriteEndObject();
            json.WriteStartArray("scopeSpans");
            foreach (var scope in sender.GroupBy(span => span.Scope))
            {
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", scope.Key);
                json.WriteEndObject();
                json.WriteStartArray("spans");
                foreach (var span in scope)
                {
                    WriteSpan(json, span);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteSpan(Utf8JsonWriter json, StoredSpan span)
    {
        var row = span.Row;
        json.WriteStartObject();
        json.WriteString("traceId", row.TraceId);
        json.WriteString("spanId", row.SpanId);
        if (row.ParentSpanId is not null)
        {
            json.WriteString("parentSpanId", row.ParentSpanId);
        }

        json.WriteString("name", row.Name);
        json.WriteNumber("kind", row.Kind);
        json.WriteString("startTimeUnixNano", Nanoseconds(span.Start));
        json.WriteString("endTimeUnixNano", ((span.Start * 100) + row.DurationNanoseconds).ToString(CultureInfo.InvariantCulture));
        WriteAttributes(json, row.AttributesJson, null);
        WriteList(json, "events", row.EventsJson, static (json, item) =>
        {
            json.WriteString("timeUnixNano", Nanoseconds(item.GetProperty("t").GetInt64()));
            json.WriteString("name", item.GetProperty("name").GetString());
        });
        WriteList(json, "links", row.LinksJson, static (json, item) =>
        {
            json.WriteString("traceId", item.GetProperty("trace").GetString());
            json.WriteString("spanId", item.GetProperty("span").GetString());
        });
        if (row.Status != 0)
        {
            json.WriteStartObject("status");
            json.WriteNumber("code", row.Status);
            if (row.StatusMessage is not null)
            {
                json.WriteString("message", row.StatusMessage);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string name, string? list, Action<Utf8JsonWriter, JsonElement> write)
    {
        if (list is null)
        {
            return;
        }

        using var items = JsonDocument.Parse(list);
        json.WriteStartArray(name);
        foreach (var item in items.RootElement.EnumerateArray())
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteStartArray("attributes");
            WriteKeyValues(json, item.GetProperty("attrs"));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
