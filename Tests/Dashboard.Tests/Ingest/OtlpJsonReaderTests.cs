using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

public sealed class OtlpJsonReaderTests
{
    private static readonly JsonSerializerOptions WithNaN = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Fact]
    public void The_same_message_as_protobuf_and_as_json_gives_the_same_rows()
    {
        var rows = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            rows += Compare(new RandomMessages(seed).Make<ExportLogsRequest>(), seed, (mapper, request) => mapper.Map(request, "peer"));
            rows += Compare(new RandomMessages(seed).Make<ExportTraceRequest>(), seed, (mapper, request) => mapper.Map(request, "peer"));
            rows += Compare(new RandomMessages(seed).Make<ExportMetricsRequest>(), seed, (mapper, request) => mapper.Map(request, "peer"));
        }

        rows.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Every_kind_of_metric_is_read()
    {
        var message = OtlpJsonReader.Read<ExportMetricsRequest>("""
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
              {"name":"g","gauge":{"dataPoints":[{"asDouble":1.5,"timeUnixNano":"1544712660300000000","exemplars":[{"asInt":"3","spanId":"eee19b7ec3c1b174","traceId":"5b8efff798038103d269b633813fc60c"}]}]}},
              {"name":"s","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asInt":"-9223372036854775808"}]}},
              {"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[{"count":"2","sum":3,"bucketCounts":["1",1],"explicitBounds":[1],"min":0,"max":2}]}},
              {"name":"e","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"scale":-2,"zeroCount":"1","zeroThreshold":1e-9,"positive":{"offset":-3,"bucketCounts":[1,"2"]}}]}},
              {"name":"y","summary":{"dataPoints":[{"count":1,"sum":2.5,"quantileValues":[{"quantile":0.5,"value":"NaN"}]}]}}
            ]}]}]}
            """u8);

        var metrics = message.ResourceMetrics[0].ScopeMetrics[0].Metrics;
        metrics.Select(metric => metric.DataCase).ShouldBe(
        [
            Metric.DataOneofCase.Gauge, Metric.DataOneofCase.Sum, Metric.DataOneofCase.Histogram, Metric.DataOneofCase.ExponentialHistogram, Metric.DataOneofCase.Summary,
        ]);
        metrics[0].Gauge.DataPoints[0].TimeUnixNano.ShouldBe(1_544_712_660_300_000_000UL);
        Convert.ToHexStringLower(metrics[0].Gauge.DataPoints[0].Exemplars[0].TraceId.Span).ShouldBe("5b8efff798038103d269b633813fc60c");
        metrics[1].Sum.DataPoints[0].AsInt.ShouldBe(long.MinValue);
        metrics[2].Histogram.DataPoints[0].BucketCounts.ShouldBe([1UL, 1UL]);
        (metrics[2].Histogram.DataPoints[0].HasMin, metrics[2].Histogram.DataPoints[0].Max).ShouldBe((true, 2));
        metrics[3].ExponentialHistogram.DataPoints[0].Positive.ShouldBe(new ExponentialPoint.Types.Buckets { Offset = -3, BucketCounts = { 1, 2 } });
        metrics[4].Summary.DataPoints[0].QuantileValues[0].Value.ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("\"17\"", 17)]
    [InlineData("17.0", 17)]
    [InlineData("1.7e18", 1_700_000_000_000_000_000)]
    [InlineData("\"9223372036854775807\"", long.MaxValue)]
    [InlineData("null", 0)]
    public void Integers_are_strings_or_numbers(string written, long expected)
    {
        var message = OtlpJsonReader.Read<ExportLogsRequest>(OtlpJson.Bytes(
            $$$"""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"intValue":{{{written}}} }}]}]}]}"""));

        message.ResourceLogs[0].ScopeLogs[0].LogRecords[0].Body.IntValue.ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "The body is not valid JSON at line 1, byte 1: ")]
    [InlineData("[]", "The body is not an object.")]
    [InlineData("{}{}", "The body is not valid JSON at line 1, byte 3: ")]
    [InlineData("{\"resourceLogs\":7}", "'resourceLogs' is not an array.")]
    [InlineData("{\"resourceLogs\":[{},7]}", "'resourceLogs[1]' is not an object.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{},{\"traceId\":\"xyz\"}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[1].traceId' is 'xyz', which is not hexadecimal.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"severityNumber\":\"INFO\"}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[0].severityNumber' is 'INFO', which is not a whole number that fits.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"timeUnixNano\":-1}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano' is '-1', which is not a whole number that fits.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"bytesValue\":\"%\"}}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[0].body.bytesValue' is not base64.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"\\ud800\"}}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[0].body.stringValue' holds text that is not valid.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"doubleValue\":true}}]}]}]}", "'resourceLogs[0].scopeLogs[0].logRecords[0].body.doubleValue' is not a number.")]
    [InlineData("{\"resourceLogs\":[{\"scopeLogs\":\n[{\"logRecords\":[{\"body\":", "The body is not valid JSON at line 2, byte 25, in 'resourceLogs[0].scopeLogs[0].logRecords[0].body': ")]
    public void What_is_wrong_is_said_with_its_place(string json, string message)
    {
        var refused = Should.Throw<IngestException>(() => OtlpJsonReader.Read<ExportLogsRequest>(OtlpJson.Bytes(json)));

        refused.Refusal.ShouldBe(Refusal.Malformed);
        refused.Message.ShouldStartWith(message);
    }

    [Fact]
    public void Values_may_be_as_deep_as_in_protobuf_and_no_deeper()
    {
        // Three messages around the record, and two for each list in a list.
        var deep = new ExportLogsRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = Nested(47) } } } } } } };
        var deeper = deep.Clone();
        deeper.ResourceLogs[0].ScopeLogs[0].LogRecords[0].Body = Nested(49);

        ExportLogsRequest.Parser.ParseFrom(deep.ToByteArray()).ShouldBe(deep);
        OtlpJsonReader.Read<ExportLogsRequest>(OtlpJson.Of(deep)).ShouldBe(deep);
        Should.Throw<InvalidProtocolBufferException>(() => ExportLogsRequest.Parser.ParseFrom(deeper.ToByteArray()));
        Should.Throw<IngestException>(() => OtlpJsonReader.Read<ExportLogsRequest>(OtlpJson.Of(deeper))).Refusal.ShouldBe(Refusal.Malformed);
        Should.Throw<IngestException>(() => OtlpJsonReader.Read<ExportLogsRequest>(OtlpJson.Bytes(new string('[', 100_000)))).Refusal.ShouldBe(Refusal.Malformed);
    }

    [Fact]
    public void A_body_of_a_million_empty_objects_is_too_large()
    {
        var body = OtlpJson.Bytes($"{{\"resourceLogs\":[{string.Join(',', Enumerable.Repeat("{}", 1_000_001))}]}}");

        Should.Throw<IngestException>(() => OtlpJsonReader.Read<ExportLogsRequest>(body)).Refusal.ShouldBe(Refusal.TooLarge);
    }

    private static AnyValue Nested(int depth)
    {
        var value = new AnyValue { IntValue = 1 };
        for (var i = 0; i < depth; i++)
        {
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        }

        return value;
    }

    private static int Compare<T>(T message, int seed, Func<RowMapper, T, MappedExport> map)
        where T : IMessage<T>, new()
    {
        using var mapper = new RowMapper(new TelemetryLimits(), new SettableTime());
        var fromProtobuf = Rows(map(mapper, new MessageParser<T>(() => new T()).ParseFrom(message.ToByteArray())).Batch);
        var json = OtlpJson.Of(message, seed);

        var fromJson = Rows(map(mapper, OtlpJsonReader.Read<T>(json)).Batch);

        fromJson.ShouldBe(fromProtobuf, $"seed {seed}");
        return fromJson.Count;
    }

    private static List<string> Rows(TelemetryBatch batch) =>
    [
        .. batch.Logs.Select(draft => JsonSerializer.Serialize(draft, WithNaN)),
        .. batch.Spans.Select(draft => JsonSerializer.Serialize(draft, WithNaN)),
        .. batch.Points.Select(draft => JsonSerializer.Serialize(draft, WithNaN)),
    ];
}
