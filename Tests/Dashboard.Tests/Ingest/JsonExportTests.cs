using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>OTLP as JSON over HTTP: what is taken, and how it is answered.</summary>
public sealed class JsonExportTests
{
    private const string OneLog = """
        {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}},{"key":"service.instance.id","value":{"stringValue":"shop-1"}}]},
        "scopeLogs":[{"scope":{"name":"cart","attributes":[]},"logRecords":[{"timeUnixNano":"1795334400000000100","severityNumber":13,"body":{"stringValue":"sold out"},
        "traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"none","value":null}],"flags":1}]}]}]}
        """;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData("application/json", false)]
    [InlineData("application/json; charset=utf-8", false)]
    [InlineData("Application/JSON", true)]
    public async Task A_log_record_is_stored_and_answered_in_json(string type, bool packed)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var answer = await PostAsync(dashboard, OneLog, type: type, packed: packed);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("{}");
        var row = (await dashboard.WaitForAsync(1)).Rows.Single();
        (row.Service, row.DisplayName, row.Scope, row.Body, row.Severity).ShouldBe(("shop", "shop-1", "cart", "sold out", 13));
        (row.TraceId, row.SpanId).ShouldBe(("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"));
        row.AttributesJson.ShouldBe("""{"n":7,"none":null}""");
    }

    [Theory]
    [InlineData("/v1/traces", """{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"no ids"}]}]}]}""", "rejectedSpans")]
    [InlineData("/v1/metrics", """{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[{}]}}]}]}]}""", "rejectedDataPoints")]
    public async Task What_cannot_be_stored_is_reported_by_the_name_of_its_signal(string path, string body, string name)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var answer = await PostAsync(dashboard, body, path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldBe($$$"""{"partialSuccess":{"{{{name}}}":"1","errorMessage":"Spans need valid ids, values must be numbers."}}""");
    }

    [Fact]
    public async Task Malformed_json_is_400_and_says_where()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var answer = await PostAsync(dashboard, """{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":17}]}]}]}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            """{"code":3,"message":"\u0027resourceLogs[0].scopeLogs[0].logRecords[0].traceId\u0027 is not a string."}""");
        dashboard.Get<IngestCounters>().RecentRefusals.ShouldBe([(Refusal.Malformed, 1)]);
        dashboard.Get<QueueBudget>().Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task Refusals_are_status_messages_in_json_too()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var noKey = await PostAsync(dashboard, OneLog, key: null);
        using var unknown = await PostAsync(dashboard, OneLog, "/v1/profiles");
        using var type = await PostAsync(dashboard, OneLog, type: "text/plain");
        using var tooLong = await PostAsync(dashboard, new string(' ', BodyReader.MaxWireBytes + 1));

        (await Refused(noKey)).ShouldBe((HttpStatusCode.Unauthorized, 16, "The header 'x-otlp-api-key' is missing or wrong."));
        (await Refused(unknown)).ShouldBe((HttpStatusCode.NotFound, 12, "There is nothing at '/v1/profiles'; telemetry goes to /v1/logs, /v1/traces and /v1/metrics."));
        (await Refused(type)).ShouldBe(
            (HttpStatusCode.UnsupportedMediaType, 12, "The content type 'text/plain' is not known; 'application/x-protobuf' and 'application/json' are."));
        (await Refused(tooLong)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, 8, "The message is longer than 4 MiB. Send smaller batches."));
    }

    [Fact]
    public async Task Pages_of_named_origins_may_send_and_others_may_not()
    {
        await using var dashboard = await RunningDashboard.StartAsync(
            settings: ["Dashboard:Otlp:Cors:AllowedOrigins=https://shop.example.com, http://localhost:3000", "Dashboard:Otlp:Cors:AllowedHeaders=x-page"]);

        using var asked = await PreflightAsync(dashboard, "https://shop.example.com");
        using var stranger = await PreflightAsync(dashboard, "https://evil.example");
        using var sent = await PostAsync(dashboard, OneLog, origin: "http://localhost:3000");
        using var refused = await PostAsync(dashboard, OneLog, origin: "http://localhost:3000", key: "wrong");

        asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        asked.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://shop.example.com"]);
        asked.Headers.GetValues("Access-Control-Allow-Methods").ShouldBe(["POST"]);
        asked.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldBe("content-type, content-encoding, x-otlp-api-key, x-page");
        asked.Headers.Vary.ShouldBe(["Origin"]);
        stranger.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        sent.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:3000"]);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["http://localhost:3000"]);
    }

    [Fact]
    public async Task Without_the_setting_no_page_may_send()
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var asked = await PreflightAsync(dashboard, "https://shop.example.com");

        asked.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        asked.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    private static async Task<(HttpStatusCode Status, int Code, string Message)> Refused(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, json.RootElement.GetProperty("code").GetInt32(), json.RootElement.GetProperty("message").GetString()!);
    }

    private static Task<HttpResponseMessage> PreflightAsync(RunningDashboard dashboard, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, new Uri(dashboard.OtlpHttp, "/v1/logs"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        return Client.SendAsync(request);
    }

    private static Task<HttpResponseMessage> PostAsync(
        RunningDashboard dashboard, string body, string path = "/v1/logs", string? key = RunningDashboard.OtlpKey, string type = "application/json", bool packed = false,
        string? origin = null)
    {
        var bytes = OtlpJson.Bytes(body);
        var request = dashboard.HttpPost(packed ? Messages.Gzip(bytes) : bytes, path, key);
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (packed)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return Client.SendAsync(request);
    }
}
