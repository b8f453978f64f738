using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;

namespace Telemetry;

/// <summary>Makes batches as sixteen replicas of a site would send them: one request record and one span per request, now and then an error.</summary>
internal sealed class Records
{
    public const int BatchSize = 512;
    public const int Instances = 16;

    /// <summary>In one record of 2,000.</summary>
    public const string RareWord = "quagmire";

    private static readonly string[] Routes = ["/", "/board", "/board/{id}", "/search", "/account/sign-in", "/orders/{id}", "/slow"];
    private readonly Random _random = new(4711);
    private int _number;

    /// <summary>About 370 bytes each on the wire.</summary>
    /// <param name="now">The time of the last one.</param>
    /// <param name="spread">How much earlier the first one is.</param>
    public ExportLogsRequest Logs(DateTimeOffset now, TimeSpan spread)
    {
        var scope = new ScopeLogs { Scope = new Scope { Name = "Stack.Requests" } };
        for (var i = 0; i < BatchSize; i++)
        {
            scope.LogRecords.Add(Log(Nanoseconds(now - (spread * ((BatchSize - i) / (double)BatchSize)))));
        }

        return new ExportLogsRequest { ResourceLogs = { new ResourceLogs { Resource = Sender(_number++ / BatchSize % Instances), ScopeLogs = { scope } } } };
    }

    /// <summary>Server spans with the usual attributes.</summary>
    public ExportTraceRequest Spans(DateTimeOffset now)
    {
        var scope = new ScopeSpans { Scope = new Scope { Name = "Microsoft.AspNetCore" } };
        for (var i = 0; i < BatchSize; i++)
        {
            scope.Spans.Add(Span(Nanoseconds(now)));
        }

        return new ExportTraceRequest { ResourceSpans = { new ResourceSpans { Resource = Sender(_random.Next(Instances)), ScopeSpans = { scope } } } };
    }

    /// <summary>The same in OTLP's JSON form.</summary>
    public static byte[] Json(ExportLogsRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs");
            foreach (var resource in request.ResourceLogs)
            {
                json.WriteStartObject();
                json.WriteStartObject("resource");
                Write(json, resource.Resource.Attributes);
                json.WriteEndObject();
                json.WriteStartArray("scopeLogs");
                foreach (var scope in resource.ScopeLogs)
                {
                    json.WriteStartObject();
                    json.WriteStartObject("scope");
                    json.WriteString("name", scope.Scope.Name);
                    json.WriteEndObject();
                    json.WriteStartArray("logRecords");
                    foreach (var record in scope.LogRecords)
                    {
                        Write(json, record);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private LogRecord Log(ulong time)
    {
        var number = _number++;
        var route = Routes[_random.Next(Routes.Length)];
        var fails = number % 1000 == 0;
        var milliseconds = Math.Exp(_random.NextDouble() * 5).ToString("0.00", CultureInfo.InvariantCulture);
        var status = fails ? 500 : 200;
        return new LogRecord
        {
            TimeUnixNano = time,
            ObservedTimeUnixNano = time,
            SeverityNumber = fails ? 17 : 9,
            SeverityText = fails ? "Error" : "Information",
            Body = new AnyValue { StringValue = $"GET {route.Replace("{id}", $"{number}", StringComparison.Ordinal)} answered {status} in {milliseconds} ms{(number % 2000 == 77 ? $" after a {RareWord}" : "")}" },
            TraceId = Id(16),
            SpanId = Id(8),
            Attributes =
            {
                Text("Method", "GET"), Text("Path", route), Number("Status", status), Text("Milliseconds", milliseconds), Text("RequestId", $"0HN{number:X10}"),
                Text("{OriginalFormat}", "{Method} {Path} answered {Status} in {Milliseconds} ms"),
            },
        };
    }

    private Span Span(ulong time)
    {
        var route = Routes[_random.Next(Routes.Length)];
        var fails = _number++ % 1000 == 0;
        var span = new Span
        {
            TraceId = Id(16),
            SpanId = Id(8),
            ParentSpanId = Id(8),
            Name = $"GET {route}",
            Kind = 2,
            StartTimeUnixNano = time - (ulong)(Math.Exp(_random.NextDouble() * 5) * 1e6),
            EndTimeUnixNano = time,
            Attributes =
            {
                Text("http.request.method", "GET"), Text("http.route", route), Text("url.path", route), Text("url.scheme", "http"), Number("http.response.status_code", fails ? 500 : 200),
                Text("server.address", "127.0.0.1"), Number("server.port", 8001), Text("network.protocol.version", "1.1"),
            },
        };
        span.Status = fails ? new SpanStatus { Code = 2, Message = "failed" } : null;
        return span;
    }

    private static Resource Sender(int instance) => new()
    {
        Attributes = { Text("service.name", "site"), Text("service.instance.id", $"site-{8001 + instance}"), Text("telemetry.sdk.language", "dotnet") },
    };

    private ByteString Id(int length)
    {
        Span<byte> bytes = stackalloc byte[length];
        _random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    private static ulong Nanoseconds(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    private static void Write(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteStartObject();
        json.WriteString("timeUnixNano", record.TimeUnixNano.ToString(CultureInfo.InvariantCulture));
        json.WriteString("observedTimeUnixNano", record.ObservedTimeUnixNano.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("severityNumber", record.SeverityNumber);
        json.WriteString("severityText", record.SeverityText);
        json.WriteStartObject("body");
        json.WriteString("stringValue", record.Body.StringValue);
        json.WriteEndObject();
        Write(json, record.Attributes);
        json.WriteString("traceId", Convert.ToHexStringLower(record.TraceId.Span));
        json.WriteString("spanId", Convert.ToHexStringLower(record.SpanId.Span));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<KeyValue> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var attribute in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key", attribute.Key);
            json.WriteStartObject("value");
            if (attribute.Value.ValueCase is AnyValue.ValueOneofCase.IntValue)
            {
                json.WriteString("intValue", attribute.Value.IntValue.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                json.WriteString("stringValue", attribute.Value.StringValue);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
