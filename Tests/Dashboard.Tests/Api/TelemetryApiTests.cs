using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Api;

public sealed class TelemetryApiTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Resources_are_listed_with_what_they_sent()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Add(Samples.Log("a", "site-8010"), Samples.Log("b", "site-8002"), Samples.Log("c", "x1", service: "worker"));
        await FilledDashboard.CommittedAsync(dashboard, 3);

        var json = await dashboard.Client.GetStringAsync("/api/telemetry/resources");

        json.ShouldBe(
            """[{"name":"site","instanceId":"site-8002","displayName":"site-8002","hasLogs":true,"hasTraces":false,"hasMetrics":false},"""
            + """{"name":"site","instanceId":"site-8010","displayName":"site-8010","hasLogs":true,"hasTraces":false,"hasMetrics":false},"""
            + """{"name":"worker","instanceId":null,"displayName":"worker-x1","hasLogs":true,"hasTraces":false,"hasMetrics":false}]""");
    }

    [Fact]
    public async Task Logs_are_otlp_json()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Add(Samples.Log(
            "Order 17 sent", severity: 13, traceId: Trace, template: "Order {Id} sent",
            attributes: """{"Id":17,"Price":5.0,"Ok":true,"None":null,"List":["a",1],"Map":{"k":"v"},"Bytes":{"bytesValue":"AQI="}}"""));
        var row = (await dashboard.WaitForAsync(1)).Rows.Single();

        var json = await dashboard.Client.GetStringAsync("/api/telemetry/logs");

        json.ShouldBe(
            """{"data":{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"site"}},"""
            + """{"key":"service.instance.id","value":{"stringValue":"site-8001"}}]},"scopeLogs":[{"scope":{"name":"WebSite.Home"},"logRecords":[{"""
            + $"\"timeUnixNano\":\"1795335300000000000\",\"observedTimeUnixNano\":\"{row.Id}00\",\"severityNumber\":13,\"severityText\":\"Warning\",\"body\":"
            + """{"stringValue":"Order 17 sent"},"attributes":[{"key":"Id","value":{"intValue":"17"}},{"key":"Price","value":{"doubleValue":5}},"""
            + """{"key":"Ok","value":{"boolValue":true}},{"key":"None","value":{}},{"key":"List","value":{"arrayValue":{"values":[{"stringValue":"a"},{"intValue":"1"}]}}},"""
            + """{"key":"Map","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}},{"key":"Bytes","value":{"bytesValue":"AQI="}},"""
            + """{"key":"{OriginalFormat}","value":{"stringValue":"Order {Id} sent"}}],"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"0af7651916cd43dd"}]}"""
            + $"]}}]}},\"totalCount\":1,\"returnedCount\":1,\"cursor\":\"{row.Id}\"}}");
    }

    [Fact]
    public async Task The_newest_are_returned_oldest_first_and_the_cursor_gives_what_comes_next()
    {
        await using var dashboard = await FilledDashboard.StartAsync();

        var newest = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/logs?limit=2&resource=site-8002");
        dashboard.Add(Samples.Log("message seven", "site-8002"));
        await dashboard.WaitForAsync(7);
        var next = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/logs?after=" + newest.GetProperty("cursor").GetString());
        var fromStart = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/logs?after=0&limit=2");

        ApiReplies.Bodies(newest.GetProperty("data")).ShouldBe(["message two", "message five"]);
        ApiReplies.Bodies(next.GetProperty("data")).ShouldBe(["message six", "message seven"], ignoreOrder: true);
        ApiReplies.Bodies(fromStart.GetProperty("data")).ShouldBe(["message one", "message two"]);
    }

    [Fact]
    public async Task A_browser_that_is_signed_in_needs_no_key()
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Frontend:BrowserToken=let-me-in");
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = dashboard.Client.BaseAddress };

        using var login = await browser.GetAsync("/login?t=let-me-in");
        using var response = await browser.GetAsync("/api/telemetry/logs");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Switched_off_it_is_404_also_with_the_key()
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Api:Enabled=false");

        using var response = await dashboard.Client.GetAsync("/api/telemetry/logs");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Unsecured_it_needs_no_key()
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Api:AuthMode=Unsecured");
        using var client = new HttpClient { BaseAddress = dashboard.Client.BaseAddress };

        using var response = await client.GetAsync("/api/telemetry/resources");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Following_gives_what_there_is_and_then_what_comes_each_row_once()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        dashboard.Add(Enumerable.Range(0, 2500).Select(i => Samples.Log($"row {i}")));
        await dashboard.WaitForAsync(2500);
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await FollowAsync(dashboard, "follow=true&limit=1&q=row", late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));

        var bodies = await ApiReplies.ReadAsync(lines, 2500, late.Token);
        dashboard.Add(Samples.Log("row 2500"), Samples.Log("other"), Samples.Log("row 2501"));
        bodies.AddRange(await ApiReplies.ReadAsync(lines, 2, late.Token));

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        bodies.ShouldBe(Enumerable.Range(0, 2502).Select(i => $"row {i}"));
    }

    [Fact]
    public async Task Following_an_unknown_resource_waits_until_it_appears()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await FollowAsync(dashboard, "follow=true&resource=site-8009", late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));

        dashboard.Add(Samples.Log("not me", "site-8001"), Samples.Log("me", "site-8009"));

        (await ApiReplies.ReadAsync(lines, 1, late.Token)).ShouldBe(["me"]);
    }

    [Fact]
    public async Task Following_after_a_row_leaves_out_what_was_before_it()
    {
        await using var dashboard = await FilledDashboard.StartAsync();
        var rows = (await dashboard.WaitForAsync(6)).Rows;
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await FollowAsync(dashboard, $"follow=true&after={rows[3].Id}", late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));

        (await ApiReplies.ReadAsync(lines, 2, late.Token)).ShouldBe(["message five", "message six"]);
    }

    [Fact]
    public async Task A_slow_follower_loses_the_oldest_rows_and_goes_on_with_the_newest()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await FollowAsync(dashboard, "follow=true", late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));
        await Storage.OpenStore.UntilAsync(() => dashboard.Get<LiveBus>().Subscribers == 1, "the follower");

        // More than the sockets between the two hold, and a buffer of a thousand.
        var text = new string('x', 20_000);
        for (var batch = 0; batch < 7; batch++)
        {
            dashboard.Add(Enumerable.Range(batch * 400, 400).Select(i => Samples.Log($"{i} {text}")));
            await FilledDashboard.CommittedAsync(dashboard, (batch + 1) * 400);
        }

        List<int> numbers = [];
        while (numbers is not [.., 2799])
        {
            numbers.Add(int.Parse((await ApiReplies.ReadAsync(lines, 1, late.Token)).Single().Split(' ')[0]));
        }

        numbers.ShouldBe(numbers.Order().Distinct());
        var missed = 2800 - numbers.Count;
        missed.ShouldBeGreaterThan(0);
        dashboard.Get<Stack.Dashboard.Ingest.IngestCounters>().Snapshot().Single(count => count.Instance == "site-8001").Skipped.ShouldBe(missed);
    }

    [Fact]
    public async Task A_follower_does_not_hold_up_the_end_of_the_dashboard()
    {
        var dashboard = await RunningDashboard.StartAsync();
        using var response = await FollowAsync(dashboard, "follow=true", CancellationToken.None);
        var stopping = dashboard.Get<LiveBus>();
        await Storage.OpenStore.UntilAsync(() => stopping.Subscribers == 1, "the follower");

        await dashboard.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_row_of_8_kib_markup_and_right_to_left_text_comes_back_as_it_was()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var hostile = "</script><img onerror=x> \u001b[31m \u202e \"\\ " + new string('ä', 8000);
        dashboard.Add(Samples.Log(hostile, attributes: JsonSerializer.Serialize(new Dictionary<string, string> { [hostile] = hostile })));
        await dashboard.WaitForAsync(1);

        var reply = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/logs");

        ApiReplies.Bodies(reply.GetProperty("data")).ShouldBe([hostile]);
    }

    private static async Task<HttpResponseMessage> FollowAsync(RunningDashboard dashboard, string query, CancellationToken ct)
    {
        var response = await dashboard.Client.GetAsync("/api/telemetry/logs?" + query, HttpCompletionOption.ResponseHeadersRead, ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return response;
    }
}
