using System.Text.Json;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>OpenTelemetry's exporters for JavaScript against the real listeners, in each of their three protocols.</summary>
[Trait("kind", "process")]
public sealed class NodeExporterTests : IClassFixture<NodeExporters>
{
    [Theory]
    [InlineData("http/json", "none")]
    [InlineData("http/json", "gzip")]
    [InlineData("http/protobuf", "gzip")]
    [InlineData("grpc", "none")]
    [InlineData("grpc", "gzip")]
    public async Task Ids_nesting_and_attributes_come_out_right(string protocol, string compression)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        var (code, output, errors) = await NodeExporters.SendAsync(protocol, protocol == "grpc" ? dashboard.Grpc : dashboard.OtlpHttp, RunningDashboard.OtlpKey, compression);

        code.ShouldBe(0, errors);
        errors.ShouldBeEmpty();
        using var sent = JsonDocument.Parse(output);
        string Id(string name) => sent.RootElement.GetProperty(name).GetString()!;
        var log = (await dashboard.WaitForAsync(1)).Rows.Single();
        (log.DisplayName, log.Scope, log.Severity, log.Body).ShouldBe(("shop-1", "shop.cart", 13, "sold out: 7"));
        (log.TraceId, log.SpanId).ShouldBe((Id("traceId"), Id("inner")));
        log.AttributesJson.ShouldBe("""{"item":7,"big":9007199254740991,"list":[1,"b",true],"map":{"deep":{"value":1.5}},"none":null}""");
        var spans = await SpansAsync(dashboard);
        var request = spans.Single(span => span.Row.SpanId == Id("request"));
        (request.Row.TraceId, request.Row.ParentSpanId, request.Row.Name, request.Row.Kind).ShouldBe((Id("traceId"), null, "GET /cart", 2));
        (request.Row.Route, request.Row.HttpStatus).ShouldBe(("/cart", 500));
        request.Row.AttributesJson.ShouldBe(
            """{"http.route":"/cart","http.response.status_code":500,"ok":false,"price":2.5,"whole":3,"names":["ä","€"],"text":"a \"b\" \\ \n"}""");
        var inner = spans.Single(span => span.Row.SpanId == Id("inner"));
        (inner.Row.TraceId, inner.Row.ParentSpanId, inner.Row.Kind, inner.Row.Status, inner.Row.StatusMessage).ShouldBe((Id("traceId"), Id("request"), 3, 2, "no cart"));
        inner.Row.EventsJson!.ShouldContain("\"name\":\"exception\"");
        inner.Row.LinksJson.ShouldBe($$$"""[{"trace":"{{{Id("traceId")}}}","span":"{{{Id("request")}}}","attrs":{"why":"test"}}]""");
        dashboard.Get<IngestCounters>().Snapshot().ShouldBe(
        [
            new("shop-1", Signal.Logs) { Received = 1 },
            new("shop-1", Signal.Traces) { Received = 2 },
            new("shop-1", Signal.Metrics) { Received = 2 },
        ]);
    }

    [Theory]
    [InlineData("http/json")]
    [InlineData("grpc")]
    public async Task A_wrong_key_is_told_to_the_sender(string protocol)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        var (_, _, errors) = await NodeExporters.SendAsync(protocol, protocol == "grpc" ? dashboard.Grpc : dashboard.OtlpHttp, "wrong");

        errors.ShouldContain(protocol == "grpc" ? "16 UNAUTHENTICATED: The header 'x-otlp-api-key' is missing or wrong." : "Unauthorized");
        dashboard.Get<IngestCounters>().RecentRefusals.ShouldBe([(Refusal.Unauthenticated, 3)]);
    }

    private static async Task<IReadOnlyList<StoredSpan>> SpansAsync(RunningDashboard dashboard)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (true)
        {
            var page = await dashboard.Get<SpanQueries>().FindAsync(new SpanFilter(), late.Token);
            if (page.TotalCount >= 2)
            {
                return page.Spans;
            }

            await Task.Delay(50, late.Token);
        }
    }
}
