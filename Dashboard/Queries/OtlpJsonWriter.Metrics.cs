using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;

namespace Stack.Dashboard.Queries;

internal static partial class OtlpJsonWriter
{
    // How OTLP writes "since the last one" and "since the beginning".
    private const int Delta = 1;
    private const int Cumulative = 2;

    /// <summary>The array <c>resourceMetrics</c>; groups in the order of their first point, points in the order given.</summary>
    public static void WriteResourceMetrics(Utf8JsonWriter json, IEnumerable<StoredPoint> points)
    {
        json.WriteStartArray("resourceMetrics");
        foreach (var sender in points.GroupBy(point => (point.Resource.DisplayName, point.Resource.AttributesJson)))
        {
            json.WriteStartObject();
            json.WriteStartObject("resource");
            WriteAttributes(json, sender.Key.AttributesJson, null);
            json.WriteEndObject();
            json.WriteStartArray("scopeMetrics");
            foreach (var scope in sender.GroupBy(point => point.Scope))
            {
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", scope.Key);
                json.WriteEndObject();
                json.WriteStartArray("metrics");
                foreach (var metric in scope.GroupBy(point => (point.Name, point.Unit, point.Type, point.Description)))
                {
                    WriteMetric(json, metric.First(), metric);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMetric(Utf8JsonWriter json, StoredPoint first, IEnumerable<StoredPoint> points)
    {
        var type = first.Type;
        var kind = type.Split(':')[0];
        json.WriteStartObject();
        json.WriteString("name", first.Name);
        if (first.Description.Length > 0)
        {
            json.WriteString("description", first.Description);
        }

        json.WriteString("unit", first.Unit);
        json.WriteStartObject(kind switch
        {
            "sum" or "updown" => "sum",
            "histogram" => "histogram",
            "exponential" => "exponentialHistogram",
            "summary" => "summary",
            _ => "gauge",
        });
        if (kind is "sum" or "updown" or "histogram" or "exponential")
        {
            json.WriteNumber("aggregationTemporality", type.EndsWith(":delta", StringComparison.Ordinal) ? Delta : Cumulative);
        }

        if (kind is "sum")
        {
            json.WriteBoolean("isMonotonic", true);
        }

        json.WriteStartArray("dataPoints");
        foreach (var point in points)
        {
            json.WriteStartObject();
            json.WriteString("timeUnixNano", Nanoseconds(point.Time));
            WriteAttributes(json, point.AttributesJson, null);
            try
            {
                WriteValue(json, kind, point);
            }
            catch (InvalidProtocolBufferException)
            {
                // Damaged: a point without a value.
            }

            WriteExemplars(json, point.ExemplarsJson);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string kind, StoredPoint point)
    {
        // A message has its own.
        if (point is { Start: { } start, Histogram: null })
        {
            json.WriteString("startTimeUnixNano", Nanoseconds(start));
        }

        if (point.Integer is { } integer)
        {
            json.WriteString("asInt", integer.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        else if (point.Real is { } real)
        {
            WriteDouble(json, "asDouble", real);
        }
        else if (point.Histogram is { } message)
        {
            switch (kind)
            {
                case "histogram":
                    Write(json, HistogramPoint.Parser.ParseFrom(message));
                    break;
                case "exponential":
                    Write(json, ExponentialPoint.Parser.ParseFrom(message));
                    break;
                case "summary":
                    Write(json, SummaryPoint.Parser.ParseFrom(message));
                    break;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, HistogramPoint point)
    {
        WriteCounted(json, point.StartTimeUnixNano, point.Count, point.HasSum ? point.Sum : null, point.HasMin ? point.Min : null, point.HasMax ? point.Max : null);
        WriteCounts(json, "bucketCounts", point.BucketCounts);
        json.WriteStartArray("explicitBounds");
        foreach (var bound in point.ExplicitBounds)
        {
            json.WriteNumberValue(bound);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ExponentialPoint point)
    {
        WriteCounted(json, point.StartTimeUnixNano, point.Count, point.HasSum ? point.Sum : null, point.HasMin ? point.Min : null, point.HasMax ? point.Max : null);
        json.WriteNumber("scale", point.Scale);
        json.WriteString("zeroCount", Text(point.ZeroCount));
        WriteDouble(json, "zeroThreshold", point.ZeroThreshold);
        foreach (var (name, buckets) in ((string, ExponentialPoint.Types.Buckets?)[])[("positive", point.Positive), ("negative", point.Negative)])
        {
            if (buckets is not null)
            {
                json.WriteStartObject(name);
                json.WriteNumber("offset", buckets.Offset);
                WriteCounts(json, "bucketCounts", buckets.BucketCounts);
                json.WriteEndObject();
            }
        }
    }

    private static void Write(Utf8JsonWriter json, SummaryPoint point)
    {
        WriteCounted(json, point.StartTimeUnixNano, point.Count, point.Sum, null, null);
        json.WriteStartArray("quantileValues");
        foreach (var quantile in point.QuantileValues)
        {
            json.WriteStartObject();
            WriteDouble(json, "quantile", quantile.Quantile_);
            WriteDouble(json, "value", quantile.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCounted(Utf8JsonWriter json, ulong start, ulong count, double? sum, double? min, double? max)
    {
        json.WriteString("startTimeUnixNano", Text(start));
        json.WriteString("count", Text(count));
        foreach (var (name, value) in ((string, double?)[])[("sum", sum), ("min", min), ("max", max)])
        {
            if (value is { } number)
            {
                WriteDouble(json, name, number);
            }
        }
    }

    private static void WriteCounts(Utf8JsonWriter json, string name, IEnumerable<ulong> counts)
    {
        json.WriteStartArray(name);
        foreach (var count in counts)
        {
            json.WriteStringValue(Text(count));
        }

        json.WriteEndArray();
    }

    private static void WriteExemplars(Utf8JsonWriter json, string? list)
    {
        if (list is null)
        {
            return;
        }

        using var items = JsonDocument.Parse(list);
        json.WriteStartArray("exemplars");
        foreach (var item in items.RootElement.EnumerateArray())
        {
            json.WriteStartObject();
            json.WriteString("timeUnixNano", Nanoseconds(item.GetProperty("t").GetInt64()));
            var value = item.GetProperty("v");
            if (value.ValueKind == JsonValueKind.Number)
            {
                json.WriteNumber("asDouble", value.GetDouble());
            }

            foreach (var (name, key) in ((string, string)[])[("traceId", "trace"), ("spanId", "span")])
            {
                if (item.GetProperty(key).GetString() is { } id)
                {
                    json.WriteString(name, id);
                }
            }

            if (item.TryGetProperty("attrs", out var attributes))
            {
                json.WriteStartArray("filteredAttributes");
                WriteKeyValues(json, attributes);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // JSON has no word for what is no number; protobuf's JSON writes it as a string.
    private static void WriteDouble(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }

    private static string Text(ulong number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
