using System.Globalization;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Writes rows as OTLP JSON: resource, scope, records; hexadecimal ids, 64-bit integers as strings, typed values.</summary>
internal static partial class OtlpJsonWriter
{
    /// <summary>The array <c>resourceLogs</c>; groups in the order of their first row, rows in the order given.</summary>
    public static void WriteResourceLogs(Utf8JsonWriter json, IEnumerable<LogRow> rows)
    {
        json.WriteStartArray("resourceLogs");
        foreach (var sender in rows.GroupBy(row => (row.DisplayName, row.ResourceAttributesJson)))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, sender.Key.ResourceAttributesJson, null);
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs");
            foreach (var scope in sender.GroupBy(row => row.Scope))
            {
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", scope.Key);
                json.WriteEndObject();
                json.WriteStartArray("logRecords");
                foreach (var row in scope)
                {
                    WriteRecord(json, row);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter json, LogRow row)
    {
        json.WriteStartObject();
        json.WriteString("timeUnixNano", Nanoseconds(UnixTicks.Of(row.Time)));
        // When it got here: the row's id.
        json.WriteString("observedTimeUnixNano", Nanoseconds(row.Id));
        if (row.Severity > 0)
        {
            json.WriteNumber("severityNumber", row.Severity);
            json.WriteString("severityText", LogLevels.NameOf(row.Severity));
        }

        json.WriteStartObject("body");
        json.WriteString("stringValue", row.Body);
        json.WriteEndObject();
        WriteAttributes(json, row.AttributesJson, row.Template);
        if (row.TraceId is not null)
        {
            json.WriteString("traceId", row.TraceId);
        }

        if (row.SpanId is not null)
        {
            json.WriteString("spanId", row.SpanId);
        }

        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, string attributesJson, string? template)
    {
        json.WriteStartArray("attributes");
        using (var attributes = JsonDocument.Parse(attributesJson))
        {
            WriteKeyValues(json, attributes.RootElement);
        }

        if (template is not null)
        {
            json.WriteStartObject();
            json.WriteString("key", "{OriginalFormat}");
            json.WriteStartObject("value");
            json.WriteString("stringValue", template);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteKeyValues(Utf8JsonWriter json, JsonElement attributes)
    {
        foreach (var attribute in attributes.EnumerateObject())
        {
            json.WriteStartObject();
            json.WriteString("key", attribute.Name);
            json.WriteStartObject("value");
            WriteValue(json, attribute.Value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                json.WriteString("stringValue", value.GetString());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.WriteBoolean("boolValue", value.GetBoolean());
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var integer) && !IsReal(value):
                json.WriteString("intValue", integer.ToString(CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.Number:
                json.WriteNumber("doubleValue", value.GetDouble());
                break;
            case JsonValueKind.Array:
                json.WriteStartObject("arrayValue");
                json.WriteStartArray("values");
                foreach (var item in value.EnumerateArray())
                {
                    json.WriteStartObject();
                    WriteValue(json, item);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case JsonValueKind.Object:
                WriteObject(json, value);
                break;
            default:
                // Null is an empty value.
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value)
    {
        if (value.EnumerateObject().Count() == 1 && value.TryGetProperty("bytesValue", out var bytes) && bytes.ValueKind == JsonValueKind.String)
        {
            json.WriteString("bytesValue", bytes.GetString());
            return;
        }

        json.WriteStartObject("kvlistValue");
        json.WriteStartArray("values");
        WriteKeyValues(json, value);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // How the store tells 5.0 from 5.
    private static bool IsReal(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny('.', 'E', 'e') >= 0;

    private static string Nanoseconds(long ticks) => (ticks * 100).ToString(CultureInfo.InvariantCulture);
}
