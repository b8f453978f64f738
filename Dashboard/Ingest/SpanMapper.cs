using System.Text.Json;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>One span to one row.</summary>
internal sealed class SpanMapper(AttributeWriter writer, RouteCap routes, int maxEvents)
{
    private const int MaxNameLength = 1024;

    /// <summary>Null when the span has no valid ids.</summary>
    public SpanRow? Map(Span span, string service)
    {
        if (RowMapper.Id(span.TraceId, 16) is not { } traceId || RowMapper.Id(span.SpanId, 8) is not { } spanId)
        {
            return null;
        }

        return new SpanRow
        {
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = RowMapper.Id(span.ParentSpanId, 8),
            Name = writer.CutText(span.Name, MaxNameLength),
            Kind = span.Kind is >= 0 and <= 5 ? span.Kind : 0,
            Start = UnixTicks.FromNanoseconds(span.StartTimeUnixNano),
            DurationNanoseconds = span.EndTimeUnixNano > span.StartTimeUnixNano ? (long)(span.EndTimeUnixNano - span.StartTimeUnixNano) : 0,
            Status = span.Status?.Code is 1 or 2 ? span.Status.Code : 0,
            StatusMessage = span.Status?.Message is { Length: > 0 } message ? writer.CutText(message, MaxNameLength) : null,
            // MVC reports one pattern for every action; ServiceDefaults fills controller and action in.
            Route = routes.Take(service, TextOf(span, "stack.route") ?? TextOf(span, "http.route"), writer),
            HttpStatus = StatusOf(span),
            AttributesJson = writer.Object(span.Attributes),
            EventsJson = writer.List(span.Events, maxEvents, WriteEvent, (json, rest) => WriteRest(json, rest, span.Events[maxEvents].TimeUnixNano)),
            LinksJson = writer.List(span.Links, maxEvents, WriteLink),
        };
    }

    private void WriteEvent(Utf8JsonWriter json, SpanEvent item)
    {
        json.WriteStartObject();
        json.WriteNumber("t", UnixTicks.Of(UnixTicks.FromNanoseconds(item.TimeUnixNano)));
        json.WriteString("name", writer.CutText(item.Name, MaxNameLength));
        json.WritePropertyName("attrs");
        writer.WriteObject(item.Attributes);
        json.WriteEndObject();
    }

    // The page shows it like one more event, where the first one stood that is missing.
    private static void WriteRest(Utf8JsonWriter json, int rest, ulong nanoseconds)
    {
        json.WriteStartObject();
        json.WriteNumber("t", UnixTicks.Of(UnixTicks.FromNanoseconds(nanoseconds)));
        json.WriteString("name", AttributeWriter.CutMark);
        json.WriteStartObject("attrs");
        json.WriteNumber(AttributeWriter.CutMark, rest);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteLink(Utf8JsonWriter json, SpanLink item)
    {
        json.WriteStartObject();
        json.WriteString("trace", RowMapper.Id(item.TraceId, 16));
        json.WriteString("span", RowMapper.Id(item.SpanId, 8));
        json.WritePropertyName("attrs");
        writer.WriteObject(item.Attributes);
        json.WriteEndObject();
    }

    private string? TextOf(Span span, string key)
    {
        foreach (var attribute in span.Attributes)
        {
            if (attribute.Key == key && attribute.Value?.StringValue is { Length: > 0 } text)
            {
                return writer.CutText(text, MaxNameLength);
            }
        }

        return null;
    }

    private static int? StatusOf(Span span)
    {
        foreach (var attribute in span.Attributes)
        {
            if (attribute is { Key: "http.response.status_code", Value.ValueCase: AnyValue.ValueOneofCase.IntValue })
            {
                return (int)Math.Clamp(attribute.Value.IntValue, 0, 999);
            }
        }

        return null;
    }
}
