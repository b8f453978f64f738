using System.Text;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>What lines become, read by the dashboard's own messages.</summary>
public sealed class RequestBatchTests
{
    private readonly RequestBatch _batch = new("gateway", address => $"site-{address.Split(':')[^1]}", new AccessLogSettings { SlowRequest = TimeSpan.FromSeconds(1) });

    private IReadOnlyList<Span> Spans => [.. ExportTraceRequest.Parser.ParseFrom(_batch.Spans.Span).ResourceSpans.SelectMany(sender => sender.ScopeSpans).SelectMany(scope => scope.Spans)];

    private IReadOnlyList<LogRecord> Logs => [.. ExportLogsRequest.Parser.ParseFrom(_batch.Logs.Span).ResourceLogs.SelectMany(sender => sender.ScopeLogs).SelectMany(scope => scope.LogRecords)];

    [Fact]
    public void Many_requests_are_one_message_of_one_sender()
    {
        for (var number = 0; number < 1000; number++)
        {
            _batch.Add(Lines.Parse(("uri", $"/{number}"))!);
        }

        var sender = ExportTraceRequest.Parser.ParseFrom(_batch.Spans.Span).ResourceSpans.ShouldHaveSingleItem();

        sender.Resource.Attributes.Select(attribute => (attribute.Key, attribute.Value.StringValue)).ShouldBe([("service.name", "nginx"), ("service.instance.id", "gateway")]);
        sender.ScopeSpans.ShouldHaveSingleItem().Scope.Name.ShouldBe("Stack.Nginx.AccessLog");
        Spans.Select(span => span.Path()).ShouldBe(Enumerable.Range(0, 1000).Select(number => $"/{number}"));
        _batch.Logs.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void What_is_cleared_is_not_there_any_more()
    {
        _batch.Add(Lines.Parse(("status", "500"))!);
        (_batch.Spans.IsEmpty, _batch.Logs.IsEmpty).ShouldBe((false, false));

        _batch.Clear();

        (_batch.Spans.IsEmpty, _batch.Logs.IsEmpty).ShouldBe((true, true));
        _batch.Add(Lines.Parse(("uri", "/next"))!);
        Spans.ShouldHaveSingleItem().Path().ShouldBe("/next");
    }

    [Fact]
    public void A_span_has_the_replica_by_its_name_and_its_times()
    {
        _batch.Add(Lines.Parse()!);

        var span = Spans.Single();
        (span.TraceId.Hex(), span.SpanId.Hex(), span.ParentSpanId.Length).ShouldBe((Lines.Id, Lines.Id[..16], 0));
        (span.StartTimeUnixNano, span.EndTimeUnixNano).ShouldBe((1_795_866_748_163_000_000UL, 1_795_866_748_167_000_000UL));
        span.Attributes.Of("stack.upstream").ShouldBe("site-8001");
        span.Attributes.Of("stack.upstream.address").ShouldBe("127.0.0.1:8001");
        span.Attributes.Of("stack.upstream.connect").ShouldBe("0");
        span.Attributes.Of("stack.upstream.header").ShouldBe("0.003");
        span.Attributes.Of("stack.upstream.response").ShouldBe("0.004");
        span.Attributes.Of("network.protocol.version").ShouldBe("1.1");
        span.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Each_try_of_a_retried_request_is_an_event_at_its_time()
    {
        _batch.Add(Lines.Parse(("time", "0.110"), ("upstream", "127.0.0.1:8003, 127.0.0.1:8001"), ("upstream_status", "502, 200"), ("connect", "-, 0.000"), ("header", "-, 0.090"), ("response", "0.010, 0.090"))!);

        var span = Spans.Single();
        span.Attributes.Of("stack.retries").ShouldBe("1");
        span.Attributes.Of("stack.upstream").ShouldBe("site-8001");
        span.Events.Select(tried => (tried.Attributes.Of("stack.upstream"), tried.Attributes.Of("http.response.status_code"), tried.Attributes.Of("stack.upstream.connect"), tried.TimeUnixNano - span.StartTimeUnixNano))
            .ShouldBe([("site-8003", "502", null, 10_000_000UL), ("site-8001", "200", "0", 20_000_000UL)]);
        Logs.ShouldHaveSingleItem().Body.StringValue.ShouldBe("GET /orders answered 200 after 110 ms by site-8001; tries: site-8003 502, site-8001 200");
    }

    [Theory]
    [InlineData("200", "0.004", "0.003", 0)]
    [InlineData("404", "0.004", "0.003", 0)]
    [InlineData("499", "0.004", "0.003", 0)]
    [InlineData("500", "0.004", "0.003", 17)]
    [InlineData("503", "0.004", "0.003", 17)]
    [InlineData("200", "1.500", "1.400", 13)]
    [InlineData("200", "900.000", "0.010", 0)]
    [InlineData("101", "3600.000", "0.001", 0)]
    public void Only_errors_and_answers_that_began_late_are_records(string status, string time, string header, int severity)
    {
        _batch.Add(Lines.Parse(("status", status), ("time", time), ("header", header), ("response", time))!);

        Spans.ShouldHaveSingleItem();
        (_batch.Logs.IsEmpty ? 0 : Logs.Single().SeverityNumber).ShouldBe(severity);
    }

    [Fact]
    public void A_record_belongs_to_its_span_and_all_have_one_template()
    {
        _batch.Add(Lines.Parse(("status", "502"), ("upstream", ""), ("upstream_status", ""), ("connect", ""), ("header", ""), ("response", ""))!);

        var (span, record) = (Spans.Single(), Logs.Single());
        (record.TraceId, record.SpanId).ShouldBe((span.TraceId, span.SpanId));
        record.Body.StringValue.ShouldBe("GET /orders answered 502 after 4 ms by gateway");
        record.Attributes.Of("{OriginalFormat}").ShouldBe("{Method} {Path} answered {Status} after {Milliseconds} ms by {Replica}; tries: {Tries}");
        span.Status.Code.ShouldBe(2);
        span.Attributes.Of("stack.upstream").ShouldBeNull();
    }

    [Fact]
    public void Secrets_are_masked_and_long_texts_cut()
    {
        _batch.Add(Lines.Parse(("uri", $"/reset?token=geheim&{new string('q', 5000)}"), ("referer", "http://a/?password=geheim"), ("agent", new string('u', 5000)), ("status", "500"))!);

        var span = Spans.Single();
        span.Attributes.Of("url.query")!.ShouldStartWith("token=***&qqq");
        span.Attributes.Of("url.query")!.Length.ShouldBe(2048);
        span.Attributes.Of("user_agent.original")!.Length.ShouldBe(512);
        foreach (var message in (ReadOnlyMemory<byte>[])[_batch.Spans, _batch.Logs])
        {
            Encoding.Latin1.GetString(message.Span).ShouldNotContain("geheim");
        }
    }
}
