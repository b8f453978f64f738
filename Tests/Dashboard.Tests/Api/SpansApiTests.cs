using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Api;

/// <summary>What <c>GET /api/telemetry/spans</c> finds, and how it is followed.</summary>
public sealed class SpansApiTests
{
    private const string Other = "11111111111111111111111111111111";

    [Fact]
    public async Task Every_parameter_narrows_and_both_counts_are_right()
    {
        await using var dashboard = await FilledAsync();
        (string Query, int Total, string[] Names)[] cases =
        [
            ("", 5, ["GET /", "POST /orders", "SELECT", "GET /slow", "job"]),
            ("limit=2", 5, ["GET /slow", "job"]),
            ("resource=site", 4, ["GET /", "POST /orders", "SELECT", "GET /slow"]),
            ("resource=SITE-8002&resource=worker", 2, ["SELECT", "job"]),
            ("traceId=0af7651", 2, ["GET /", "job"]),
            ($"traceId={Other}", 3, ["POST /orders", "SELECT", "GET /slow"]),
            ("traceId=abcdef0", 0, []),
            ("hasError=true", 1, ["POST /orders"]),
            ("hasError=false&resource=site", 3, ["GET /", "SELECT", "GET /slow"]),
            ("from=2026-11-22T08:15:02Z", 2, ["GET /slow", "job"]),
            ("to=2026-11-22T08:15:02Z", 3, ["GET /", "POST /orders", "SELECT"]),
            ("q=get", 2, ["GET /", "GET /slow"]),
            ("q=-get&limit=1", 3, ["job"]),
            ("q=status:>=500", 1, ["POST /orders"]),
            ("q=dur:>=4", 2, ["GET /slow", "job"]),
            ("q=shop.cart:7", 1, ["SELECT"]),
            ("q=instance:x1", 1, ["job"]),
            ("unknown=x", 5, ["GET /", "POST /orders", "SELECT", "GET /slow", "job"]),
        ];

        foreach (var (query, total, names) in cases)
        {
            var reply = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/spans?" + query);

            ApiReplies.SpanNames(reply.GetProperty("data")).ShouldBe(names, ignoreOrder: true, query);
            reply.GetProperty("totalCount").GetInt32().ShouldBe(total, query);
            reply.GetProperty("returnedCount").GetInt32().ShouldBe(names.Length, query);
        }
    }

    [Theory]
    [InlineData("hasError=perhaps", HttpStatusCode.BadRequest, "Parameter 'hasError' is 'perhaps', which is neither true nor false.")]
    [InlineData("limit=10001", HttpStatusCode.BadRequest, "Parameter 'limit' is '10001', which is not a whole number from 1 to 10000.")]
    [InlineData("traceId=abc", HttpStatusCode.BadRequest, "Parameter 'traceId' is 'abc', which is not 7 to 32 hexadecimal digits.")]
    [InlineData("q=dur:>fast", HttpStatusCode.BadRequest, "Parameter 'q' is not understood. 'fast' is not a number, so that 'dur' cannot be compared with it: write dur:>=500, 1.5s or 2m.")]
    [InlineData("resource=shop", HttpStatusCode.NotFound, "There is no resource 'shop'. Known: none yet.")]
    public async Task What_makes_no_sense_is_refused_and_says_why(string query, HttpStatusCode status, string detail)
    {
        await using var dashboard = await RunningDashboard.StartAsync();

        using var response = await dashboard.Client.GetAsync("/api/telemetry/spans?" + query);

        response.StatusCode.ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldBe(detail);
    }

    [Fact]
    public async Task Spans_are_otlp_json_and_one_that_was_sent_twice_is_there_once()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        var span = Samples.Span("GET /", status: 2, attributes: """{"url.path":"/"}""");
        await dashboard.AddAsync(span, span);

        var json = await dashboard.Client.GetStringAsync("/api/telemetry/spans");

        json.ShouldStartWith(
            """{"data":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"site"}},"""
            + """{"key":"service.instance.id","value":{"stringValue":"site-8001"}}]},"scopeSpans":[{"scope":{"name":"WebSite"},"spans":["""
            + """{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"0000000000000001","name":"GET /","kind":2"""
            + ""","startTimeUnixNano":"1795335300000000000","endTimeUnixNano":"1795335300001000000","attributes":[{"key":"url.path","value":{"stringValue":"/"}}]"""
            + ""","status":{"code":2}}]}]}]},"totalCount":1,"returnedCount":1,"cursor":""");
    }

    [Fact]
    public async Task The_cursor_gives_what_comes_next()
    {
        await using var dashboard = await FilledAsync();

        var newest = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/spans?limit=1");
        await dashboard.AddAsync(Samples.Span("later", number: 9));
        var next = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/spans?after=" + newest.GetProperty("cursor").GetString());
        var fromStart = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/spans?after=0&limit=2");

        ApiReplies.SpanNames(newest.GetProperty("data")).ShouldBe(["job"]);
        ApiReplies.SpanNames(next.GetProperty("data")).ShouldBe(["later"]);
        ApiReplies.SpanNames(fromStart.GetProperty("data")).ShouldBe(["GET /", "POST /orders"]);
        fromStart.GetProperty("totalCount").GetInt32().ShouldBe(6);
    }

    [Fact]
    public async Task Spans_of_an_instance_that_was_cleared_are_not_found()
    {
        await using var dashboard = await FilledAsync();
        var worker = dashboard.Queries.Resources().Single(resource => resource.Service == "worker");

        await dashboard.Get<TelemetryStore>().ClearAsync(worker, CancellationToken.None);

        var reply = await dashboard.Client.GetFromJsonAsync<JsonElement>("/api/telemetry/spans");
        ApiReplies.SpanNames(reply.GetProperty("data")).ShouldNotContain("job");
        reply.GetProperty("totalCount").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Following_gives_what_there_is_and_then_what_comes_each_once()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        await dashboard.AddAsync([.. Enumerable.Range(0, 2500).Select(i => Samples.Span($"span {i}", number: i + 1))]);
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await dashboard.Client.GetAsync("/api/telemetry/spans?follow=true&limit=1&q=span", HttpCompletionOption.ResponseHeadersRead, late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));

        var names = await ApiReplies.ReadSpansAsync(lines, 2500, late.Token);
        await dashboard.AddAsync(Samples.Span("span 2500", number: 3000), Samples.Span("other", number: 3001), Samples.Span("span 2501", number: 3002));
        names.AddRange(await ApiReplies.ReadSpansAsync(lines, 2, late.Token));

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        names.ShouldBe(Enumerable.Range(0, 2502).Select(i => $"span {i}"));
    }

    [Fact]
    public async Task Following_an_unknown_resource_waits_until_it_appears()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        using var response = await dashboard.Client.GetAsync("/api/telemetry/spans?follow=true&resource=site-8009", HttpCompletionOption.ResponseHeadersRead, late.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(late.Token));

        await dashboard.AddAsync(Samples.Span("not me", number: 1), Samples.Span("me", "site-8009", number: 2));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ApiReplies.ReadSpansAsync(lines, 1, late.Token)).ShouldBe(["me"]);
    }

    private static async Task<RunningDashboard> FilledAsync()
    {
        var dashboard = await RunningDashboard.StartAsync();
        await dashboard.AddAsync(
            Samples.Span("GET /", number: 1), Samples.Span("POST /orders", traceId: Other, number: 2, status: 2, httpStatus: 500),
            Samples.Span("SELECT", "site-8002", Other, 3, attributes: """{"shop.cart":7}"""),
            Samples.Span("GET /slow", traceId: Other, number: 4, httpStatus: 200, after: TimeSpan.FromSeconds(2)),
            Samples.Span("job", "x1", number: 5, service: "worker", after: TimeSpan.FromSeconds(3)));
        return dashboard;
    }
}
