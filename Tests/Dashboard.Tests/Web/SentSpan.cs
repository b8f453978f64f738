using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Web;

/// <summary>A span as an exporter sends it.</summary>
internal sealed record SentSpan(string Trace, string Id, string Name, string Instance = "site-8001")
{
    public string? Parent { get; init; }

    public string Service { get; init; } = "site";

    /// <summary>When the trace began.</summary>
    public DateTimeOffset Time { get; init; } = Samples.Time;

    /// <summary>Milliseconds after the beginning of the trace.</summary>
    public int At { get; init; }

    public int Milliseconds { get; init; } = 10;

    public int Kind { get; init; } = 2;

    public bool IsError { get; init; }

    public IReadOnlyList<(string Key, string Value)> Attributes { get; init; } = [];

    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>What went wrong: an event with a stack trace.</summary>
    public string? Exception { get; init; }

    /// <summary>The trace of a span that this one names.</summary>
    public string? Link { get; init; }

    /// <summary>The request of a gateway that asked two replicas, and that of the replica that answered.</summary>
    public static SentSpan[] Retried(string trace) =>
    [
        new(trace, "00f067aa0ba902b8", "GET Home/Index", "site-8002") { Parent = "00f067aa0ba902b7", At = 4, Milliseconds = 5 },
        new(trace, "00f067aa0ba902b9", "SELECT", "site-8002") { Parent = "00f067aa0ba902b8", At = 5, Milliseconds = 2, Kind = 3 },
        new(trace, "00f067aa0ba902b7", "GET", "nginx") { Service = "nginx", Attributes = [("url.path", "/orders"), ("stack.retries", "1")], Events = ["stack.try", "stack.try"] },
    ];

    /// <summary>Sends spans, and waits until they are there for the pages.</summary>
    public static async Task SendAsync(TestDashboard dashboard, params SentSpan[] spans)
    {
        using var limit = TestDashboard.Limit();
        var traces = dashboard.Service<TraceQueries>(); // it counts spans alone: with an AppHost, what happens is stored as well
        var before = traces.Stored;
        var request = new ExportTraceRequest();
        request.ResourceSpans.AddRange(spans.Select(span => span.ToOtlp()));
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(dashboard.Service<Listeners>().OtlpHttp, "v1/traces"), content, limit.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await OpenStore.UntilAsync(() => traces.Stored == before + spans.Length, "the commit of the spans");
    }

    private ResourceSpans ToOtlp()
    {
        var start = (ulong)Time.ToUnixTimeMilliseconds() * 1_000_000;
        Span span = new()
        {
            TraceId = Bytes(Trace), SpanId = Bytes(Id), ParentSpanId = Bytes(Parent ?? ""), Name = Name, Kind = Kind,
            StartTimeUnixNano = start + ((ulong)At * 1_000_000), EndTimeUnixNano = start + ((ulong)(At + Milliseconds) * 1_000_000),
            Status = IsError ? new SpanStatus { Code = 2 } : null,
        };
        span.Attributes.AddRange(Attributes.Select(attribute => Text(attribute.Key, attribute.Value)));
        span.Events.AddRange(Events.Select((name, index) => new SpanEvent { Name = name, TimeUnixNano = start + ((ulong)index * 1_000_000), Attributes = { Text("number", $"{index}") } }));
        if (Exception is not null)
        {
            span.Status = new SpanStatus { Code = 2, Message = Exception };
            span.Events.Add(new SpanEvent
            {
                Name = "exception", TimeUnixNano = span.EndTimeUnixNano,
                Attributes = { Text("exception.type", "System.Exception"), Text("exception.message", Exception), Text("exception.stacktrace", $"System.Exception: {Exception}\n   at Board.Show()") },
            });
        }

        if (Link is not null)
        {
            span.Links.Add(new SpanLink { TraceId = Bytes(Link), SpanId = Bytes("00f067aa0ba902ff") });
        }

        return new ResourceSpans
        {
            Resource = new Resource { Attributes = { Text("service.name", Service), Text("service.instance.id", Instance) } },
            ScopeSpans = { new ScopeSpans { Scope = new Scope { Name = "tests" }, Spans = { span } } },
        };
    }

    private static ByteString Bytes(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
}
