using System.Text.Json;
using Google.Protobuf;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

public sealed class RowMapperTests
{
    private readonly SettableTime _time = new();

    [Fact]
    public void A_log_record_becomes_a_row_with_its_template_and_without_what_it_repeats()
    {
        var record = Messages.Log(
            "Order 17 sent", Messages.Text("{OriginalFormat}", "Order {Id} sent"), Messages.Text("SpanId", "x"), Messages.Text("TraceId", "x"),
            Messages.Text("ParentId", "x"), Messages.Text("Id", "17"));
        record.TraceId = ByteString.CopyFrom(Convert.FromHexString("0102030405060708090A0B0C0D0E0F10"));
        record.SpanId = ByteString.CopyFrom(Convert.FromHexString("FFFFFFFFFFFFFFF1"));

        var row = Map(record);

        row.Service.ShouldBe("site");
        row.InstanceId.ShouldBe("site-8001");
        row.DisplayName.ShouldBe("site-8001");
        row.Scope.ShouldBe("WebSite.Home");
        row.Template.ShouldBe("Order {Id} sent");
        row.AttributesJson.ShouldBe("""{"Id":"17"}""");
        row.TraceId.ShouldBe("0102030405060708090a0b0c0d0e0f10");
        row.SpanId.ShouldBe("fffffffffffffff1");
        UnixTicks.Of(row.Time).ShouldBe(17_953_344_000_000_001);
    }

    [Fact]
    public void Values_keep_their_types()
    {
        var record = Messages.Log("x");
        record.Attributes.Add(new KeyValue { Key = "null", Value = new AnyValue() });
        record.Attributes.Add(new KeyValue { Key = "int", Value = new AnyValue { IntValue = long.MaxValue } });
        record.Attributes.Add(new KeyValue { Key = "real", Value = new AnyValue { DoubleValue = 5 } });
        record.Attributes.Add(new KeyValue { Key = "huge", Value = new AnyValue { DoubleValue = 1e300 } });
        record.Attributes.Add(new KeyValue { Key = "nan", Value = new AnyValue { DoubleValue = double.NaN } });
        record.Attributes.Add(new KeyValue { Key = "flag", Value = new AnyValue { BoolValue = true } });
        record.Attributes.Add(new KeyValue { Key = "bytes", Value = new AnyValue { BytesValue = ByteString.CopyFrom(1, 2) } });
        record.Attributes.Add(new KeyValue { Key = "list", Value = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "a" } } } } });
        record.Attributes.Add(new KeyValue { Key = "map", Value = new AnyValue { KvlistValue = new KeyValueList { Values = { Messages.Text("k", "v") } } } });

        Map(record).AttributesJson.ShouldBe(
            """{"null":null,"int":9223372036854775807,"real":5.0,"huge":1E+300,"nan":"NaN","flag":true,"bytes":{"bytesValue":"AQI="},"list":["a"],"map":{"k":"v"}}""");
    }

    [Fact]
    public void What_is_too_long_or_too_many_is_cut_marked_and_counted()
    {
        var record = Messages.Log("x", Enumerable.Range(0, 10).Select(i => Messages.Text($"key{i}", new string('v', 30))));

        var export = Map(new TelemetryLimits { MaxAttributeCount = 3, MaxAttributeLength = 4 }, record);

        var row = export.Batch.Logs.Single().Row;
        row.AttributesJson.ShouldBe("""{"key0":"vvvv…","key1":"vvvv…","key2":"vvvv…","stack.cut":10}""");
        // The resource's two attributes are cut too, but they are not this record's.
        export.Tallies["site-8001"].Cut.ShouldBe(10);
    }

    [Fact]
    public void A_surrogate_pair_is_not_cut_in_the_middle()
    {
        var row = Map(new TelemetryLimits { MaxAttributeLength = 3 }, Messages.Log("x", Messages.Text("k", "ab\U0001F600\U0001F600"))).Batch.Logs.Single().Row;

        row.AttributesJson.ShouldBe("""{"k":"ab…","stack.cut":1}""");
    }

    [Theory]
    [InlineData(9, "", 9)]
    [InlineData(0, "Warning", 13)]
    [InlineData(0, "fatal", 21)]
    [InlineData(99, "", 0)]
    [InlineData(-1, "strange", 0)]
    public void Severity_is_a_number_or_a_name(int number, string text, int expected)
    {
        Map(new LogRecord { SeverityNumber = number, SeverityText = text }).Severity.ShouldBe(expected);
    }

    [Fact]
    public void Without_time_of_its_own_a_record_has_the_time_of_its_arrival()
    {
        Map(new LogRecord()).Time.ShouldBe(_time.Now);
    }

    [Fact]
    public void Ids_of_another_length_or_of_zeros_are_none()
    {
        var row = Map(new LogRecord { TraceId = ByteString.CopyFrom(1, 2, 3), SpanId = ByteString.CopyFrom(new byte[8]) });

        row.TraceId.ShouldBeNull();
        row.SpanId.ShouldBeNull();
    }

    [Fact]
    public void A_sender_without_instance_id_is_named_by_its_address()
    {
        var request = Messages.Logs(Messages.Log("x"));
        request.ResourceLogs[0].Resource.Attributes.RemoveAt(1);
        using var mapper = new RowMapper(new TelemetryLimits(), _time);

        var row = mapper.Map(request, "10.0.0.7").Batch.Logs.Single().Row;

        row.InstanceId.ShouldBeNull();
        row.DisplayName.ShouldBe("site@10.0.0.7");
    }

    [Fact]
    public void A_span_becomes_a_row_and_one_without_ids_is_counted_as_unstorable()
    {
        var span = new Span
        {
            TraceId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, 16).ToArray()),
            SpanId = ByteString.CopyFrom(Enumerable.Repeat((byte)2, 8).ToArray()),
            Name = "GET {controller=Home}",
            Kind = 2,
            StartTimeUnixNano = 1_000_000_000,
            EndTimeUnixNano = 1_000_000_250,
            Status = new SpanStatus { Code = 2, Message = "it broke" },
            Attributes = { Messages.Text("http.route", "{controller=Home}"), Messages.Text("stack.route", "Home/Index") },
            Events = { new SpanEvent { Name = "exception", TimeUnixNano = 100 } },
        };
        span.Attributes.Add(new KeyValue { Key = "http.response.status_code", Value = new AnyValue { IntValue = 500 } });
        var request = new ExportTraceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span, new Span() } } } } } };
        using var mapper = new RowMapper(new TelemetryLimits(), _time);

        var export = mapper.Map(request, "peer");

        var row = export.Batch.Spans.Single().Row;
        row.Route.ShouldBe("Home/Index");
        row.HttpStatus.ShouldBe(500);
        row.DurationNanoseconds.ShouldBe(250);
        row.IsEntry.ShouldBeTrue();
        row.StatusMessage.ShouldBe("it broke");
        row.EventsJson.ShouldBe("""[{"t":1,"name":"exception","attrs":{}}]""");
        export.Tallies["unknown_service@peer"].Unstorable.ShouldBe(1);
    }

    [Fact]
    public void Routes_beyond_two_hundred_of_a_service_are_other_and_counted()
    {
        using var mapper = new RowMapper(new TelemetryLimits(), _time);
        MappedExport Send(string service, int first, int count) => mapper.Map(
            new ExportTraceRequest
            {
                ResourceSpans =
                {
                    new ResourceSpans
                    {
                        Resource = new Resource { Attributes = { Messages.Text("service.name", service) } },
                        ScopeSpans = { new ScopeSpans { Spans = { Enumerable.Range(first, count).Select(i => Valid($"orders/{i}")) } } },
                    },
                },
            }, "peer");

        var export = Send("shop", 0, 202);
        var again = Send("shop", 198, 4);
        var neighbour = Send("site", 0, 1);

        export.Batch.Spans.Select(draft => draft.Row.Route).TakeLast(3).ShouldBe(["orders/199", "other", "other"]);
        export.Tallies["shop@peer"].Cut.ShouldBe(2);
        again.Batch.Spans.Select(draft => draft.Row.Route).ShouldBe(["orders/198", "orders/199", "other", "other"]);
        neighbour.Batch.Spans.Single().Row.Route.ShouldBe("orders/0");
    }

    [Fact]
    public void Events_beyond_the_limit_leave_a_mark()
    {
        var span = Valid("orders");
        span.Events.AddRange(Enumerable.Range(1, 5).Select(i => new SpanEvent { Name = $"e{i}", TimeUnixNano = (ulong)i * 100 }));
        using var mapper = new RowMapper(new TelemetryLimits { MaxSpanEventCount = 2 }, _time);

        var export = mapper.Map(new ExportTraceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } }, "peer");

        export.Batch.Spans.Single().Row.EventsJson.ShouldBe(
            """[{"t":1,"name":"e1","attrs":{}},{"t":2,"name":"e2","attrs":{}},{"t":3,"name":"stack.cut","attrs":{"stack.cut":3}}]""");
        export.Tallies["unknown_service@peer"].Cut.ShouldBe(3);
    }

    [Fact]
    public void Numbers_and_histograms_become_points_of_a_series()
    {
        var metrics = new ScopeMetrics { Scope = new Scope { Name = "meter" } };
        metrics.Metrics.Add(new Metric
        {
            Name = "requests", Unit = "{request}",
            Sum = new Sum { IsMonotonic = true, AggregationTemporality = 2, DataPoints = { new NumberPoint { AsInt = 7, Attributes = { Messages.Text("route", "/") } } } },
        });
        metrics.Metrics.Add(new Metric { Name = "load", Gauge = new Gauge { DataPoints = { new NumberPoint { AsDouble = double.NaN }, new NumberPoint { AsDouble = 0.5 } } } });
        var histogram = new ExponentialPoint { Count = 3, Scale = 4, Attributes = { Messages.Text("route", "/") } };
        metrics.Metrics.Add(new Metric { Name = "duration", ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = 1, DataPoints = { histogram } } });
        using var mapper = new RowMapper(new TelemetryLimits(), _time);

        var export = mapper.Map(new ExportMetricsRequest { ResourceMetrics = { new ResourceMetrics { ScopeMetrics = { metrics } } } }, "peer");

        export.Batch.Points.Select(p => (p.Series.Name, p.Series.Type, p.Series.AttributesJson)).ShouldBe(
            [("requests", "sum:cumulative", """{"route":"/"}"""), ("load", "gauge", "{}"), ("duration", "exponential:delta", """{"route":"/"}""")]);
        export.Batch.Points[0].Row.Integer.ShouldBe(7);
        export.Batch.Points[1].Row.Real.ShouldBe(0.5);
        ExponentialPoint.Parser.ParseFrom(export.Batch.Points[2].Row.Histogram).ShouldBe(new ExponentialPoint { Count = 3, Scale = 4 });
        export.Tallies["unknown_service@peer"].Unstorable.ShouldBe(1);
    }

    [Fact]
    public void Attributes_are_always_valid_json()
    {
        var nasty = "quote \" backslash \\ newline \n zero \0 markup </script> \u2028 \u202e";

        var row = Map(Messages.Log(nasty, Messages.Text(nasty, nasty)));

        using var json = JsonDocument.Parse(row.AttributesJson);
        json.RootElement.EnumerateObject().Single().Value.GetString().ShouldBe(nasty.Replace('\0', '\uFFFD'));
        row.Body.ShouldBe(nasty.Replace('\0', '\uFFFD'));
    }

    private static Span Valid(string route) => new()
    {
        TraceId = ByteString.CopyFrom(Enumerable.Repeat((byte)1, 16).ToArray()),
        SpanId = ByteString.CopyFrom(Enumerable.Repeat((byte)2, 8).ToArray()),
        Attributes = { Messages.Text("http.route", route) },
    };

    private LogRow Map(LogRecord record) => Map(new TelemetryLimits(), record).Batch.Logs.Single().Row;

    private MappedExport Map(TelemetryLimits limits, LogRecord record)
    {
        using var mapper = new RowMapper(limits, _time);
        return mapper.Map(Messages.Logs(record), "127.0.0.1");
    }
}
