using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class TracesPageTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Other = "5bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task A_trace_shows_the_gateway_above_the_replica_that_answered()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));

        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}");

        page.QuerySelectorAll(".span .log-replica").Select(e => e.TextContent).ShouldBe(["nginx", "site-8002", "site-8002"]);
        page.QuerySelectorAll(".span-name").Select(e => (e.QuerySelector(".log-text")!.TextContent, e.GetAttribute("data-indent"))).ShouldBe([("GET /orders", "0"), ("GET Home/Index", "1"), ("SELECT", "2")]);
        page.QuerySelectorAll(".bar-part").Select(e => (e.GetAttribute("x"), e.GetAttribute("width"))).ShouldBe([("0%", "100%"), ("40%", "50%"), ("50%", "20%")]);
        page.QuerySelector("h1")!.TextContent.ShouldBe("GET /orders");
        page.QuerySelector(".trace-title .retry")!.TextContent.ShouldBe("1 retry");
        page.QuerySelectorAll(".tick").Select(e => (e.GetAttribute("cx"), e.TextContent)).ShouldBe([("0%", "stack.try"), ("10%", "stack.try")]);
        page.QuerySelectorAll("[style]").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_list_has_one_line_for_each_trace_newest_first_and_leads_to_it()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));
        await SentSpan.SendAsync(dashboard, new SentSpan(Other, "10f067aa0ba902b7", "GET Home/Error", "site-8001") { IsError = true });

        var page = await dashboard.OpenAsync("/traces?from=0");

        page.QuerySelectorAll(".trace-line .log-text").Select(e => e.TextContent).ShouldBe(["GET Home/Error", "GET /orders"]);
        page.QuerySelectorAll(".trace-line > a").Select(e => e.GetAttribute("href")).ShouldBe([$"/traces/detail/{Other}?t=1795335300000", $"/traces/detail/{Trace}?t=1795335300000"]);
        page.QuerySelectorAll(".trace-line:last-child .log-replica").Select(e => e.TextContent).ShouldBe(["nginx", "site-8002"]);
        page.QuerySelectorAll(".trace-line").Select(e => e.GetAttribute("data-level")).ShouldBe(["error", "warning"]);
    }

    [Theory]
    [InlineData("/traces?from=0&errors=true", "GET Home/Error")]
    [InlineData("/traces?from=0&resource=site-8002", "GET /orders")]
    [InlineData("/traces?from=0&resource=nginx", "GET /orders")]
    [InlineData("/traces?from=0&resource=nginx&errors=true", "")]
    [InlineData("/traces?from=0&resource=nobody", "")]
    [InlineData("/traces?from=0&errors=perhaps&before=x", "GET Home/Error,GET /orders")]
    public async Task The_filter_in_the_address_decides_what_is_shown(string address, string expected)
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));
        await SentSpan.SendAsync(dashboard, new SentSpan(Other, "10f067aa0ba902b7", "GET Home/Error", "site-8001") { IsError = true });

        var page = await dashboard.OpenAsync(address);

        string.Join(',', page.QuerySelectorAll(".trace-line .log-text").Select(e => e.TextContent)).ShouldBe(expected);
    }

    [Fact]
    public async Task Older_traces_are_on_the_next_page_and_none_is_on_two()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        for (var number = 0; number < 70; number += 10)
        {
            // The gateway's span of each arrives later than the replica's.
            await SentSpan.SendAsync(dashboard, [.. Enumerable.Range(number, 10).Select(n => new SentSpan($"{n + 1:x32}", $"{n + 1:x16}", $"GET {n}") { Parent = $"{n + 101:x16}" })]);
        }

        await SentSpan.SendAsync(dashboard, [.. Enumerable.Range(0, 70).Select(n => new SentSpan($"{n + 1:x32}", $"{n + 101:x16}", $"GET {n}", "nginx") { Service = "nginx", Milliseconds = 20 })]);

        var first = await dashboard.OpenAsync("/traces?from=0");
        var second = await dashboard.OpenAsync(first.QuerySelector("a[rel=next]")!.GetAttribute("href")!);

        first.QuerySelectorAll(".trace-line").Length.ShouldBe(50);
        first.QuerySelectorAll(".trace-line").Concat(second.QuerySelectorAll(".trace-line")).Select(e => e.QuerySelector(".log-text")!.TextContent)
            .ShouldBe(Enumerable.Range(0, 70).Reverse().Select(n => $"GET {n}"));
        second.QuerySelector("a[rel=next]").ShouldBeNull();
    }

    [Fact]
    public async Task Hostile_texts_stay_texts_and_spans_that_are_their_own_ancestors_are_shown_once()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(
            dashboard,
            new SentSpan(Trace, "00f067aa0ba902b1", "<script>alert(1)</script>") { Parent = "00f067aa0ba902b2", Attributes = [("<b>", "\"'><img src=x>")] },
            new SentSpan(Trace, "00f067aa0ba902b2", "b") { Parent = "00f067aa0ba902b1" },
            new SentSpan(Trace, "00f067aa0ba902b3", "c") { Parent = "00f067aa0ba902b3" });

        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}");

        page.QuerySelectorAll(".span .log-text").Select(e => e.TextContent).Order(StringComparer.Ordinal).ShouldBe(["<script>alert(1)</script>", "b", "c"]);
        page.QuerySelectorAll("main script, main img").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("x")]
    public async Task An_unknown_trace_is_a_page_that_says_so(string id)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        (await dashboard.OpenAsync($"/traces/detail/{id}", HttpStatusCode.NotFound)).Body!.TextContent.ShouldContain("There is no such trace");
        (await dashboard.OpenAsync("/traces")).QuerySelector(".empty h2")!.TextContent.ShouldBe("No traces yet");
    }

    [Fact]
    public async Task The_api_gives_traces_as_otlp_json()
    {
        await using var dashboard = await TestDashboard.StartAsync(null, null, "--Dashboard:Api:AuthMode=Unsecured");
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));

        var one = await dashboard.Browser.GetFromJsonAsync<JsonElement>($"/api/telemetry/traces/{Trace}");
        var list = await dashboard.Browser.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?resource=nginx&hasError=false&limit=10");
        var none = await dashboard.Browser.GetFromJsonAsync<JsonElement>("/api/telemetry/traces?hasError=true");
        using var unknown = await dashboard.Browser.GetAsync($"/api/telemetry/traces/{Other}");
        using var wrong = await dashboard.Browser.GetAsync("/api/telemetry/traces?hasError=perhaps");

        list.GetProperty("data").GetRawText().ShouldBe(one.GetProperty("data").GetRawText());
        list.GetProperty("totalCount").GetInt32().ShouldBe(1);
        one.GetProperty("totalCount").GetInt32().ShouldBe(1);
        var senders = one.GetProperty("data").GetProperty("resourceSpans");
        var gateway = senders[0].GetProperty("scopeSpans")[0].GetProperty("spans")[0];
        gateway.GetProperty("traceId").GetString().ShouldBe(Trace);
        gateway.GetProperty("kind").GetInt32().ShouldBe(2);
        gateway.GetProperty("startTimeUnixNano").GetString().ShouldBe("1795335300000000000");
        gateway.GetProperty("endTimeUnixNano").GetString().ShouldBe("1795335300010000000");
        gateway.GetProperty("events")[1].GetProperty("attributes")[0].GetProperty("key").GetString().ShouldBe("number");
        senders[1].GetProperty("scopeSpans")[0].GetProperty("spans")[0].GetProperty("parentSpanId").GetString().ShouldBe(gateway.GetProperty("spanId").GetString());
        none.GetProperty("returnedCount").GetInt32().ShouldBe(0);
        (unknown.StatusCode, wrong.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.BadRequest));
    }
}
