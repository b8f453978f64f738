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

    [Fact]
    public async Task Details_of_a_span_are_in_the_page_and_as_a_fragment_for_its_script()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(
            dashboard,
            new SentSpan(Trace, "00f067aa0ba902b7", "GET", "nginx") { Service = "nginx", Attributes = [("url.path", "/board")] },
            new SentSpan(Trace, "00f067aa0ba902b8", "GET Board/Show") { Parent = "00f067aa0ba902b7", At = 2, Milliseconds = 6, Exception = "The board is locked.", Attributes = [("user", "17")], Link = Other });

        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}?t=1795335300000&span=00f067aa0ba902b8");
        var fragment = await dashboard.OpenAsync($"/fragments/traces/{Trace}/00f067aa0ba902b8?t=1795335300000");
        using var unknown = await dashboard.Browser.GetAsync($"/fragments/traces/{Trace}/00f067aa0ba902ff");

        fragment.QuerySelector("section")!.OuterHtml.ShouldBe(page.QuerySelector("#pane section")!.OuterHtml);
        page.QuerySelector("#pane-title")!.TextContent.ShouldBe("GET Board/Show");
        page.QuerySelectorAll("#pane .attributes dt").Select(e => e.TextContent).ShouldContain("user");
        page.QuerySelector("#pane .log-stack")!.TextContent.ShouldBe("System.Exception: The board is locked.\n   at Board.Show()");
        page.QuerySelector("#pane .events a")!.GetAttribute("href").ShouldBe($"/traces/detail/{Other}?span=00f067aa0ba902ff");
        page.QuerySelectorAll(".span-row[data-chosen] .log-text").Select(e => e.TextContent).ShouldBe(["GET Board/Show"]);
        page.QuerySelector(".banner .said")!.TextContent.ShouldContain("The board is locked.");
        page.QuerySelectorAll(".span-row a").Select(e => e.GetAttribute("href")).ShouldBe(
            [$"/traces/detail/{Trace}?t=1795335300000&span=00f067aa0ba902b7", $"/traces/detail/{Trace}?t=1795335300000&span=00f067aa0ba902b8"]);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Log_records_of_the_trace_stand_below_it_in_the_order_of_their_times()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, new SentSpan(Trace, "00f067aa0ba902b7", "GET /") { Time = TimeProvider.System.GetUtcNow() });
        await dashboard.SendLogsAsync(new SentLog("of this one") { TraceId = Trace }, new SentLog("of another") { TraceId = Other }, new SentLog("<b>second</b>", Severity: 17) { TraceId = Trace });

        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}");

        page.QuerySelectorAll(".trace-logs .log-text").Select(e => e.TextContent).ShouldBe(["of this one", "<b>second</b>"]);
        page.QuerySelectorAll(".trace-logs .trace-log").Select(e => e.GetAttribute("data-level")).ShouldBe(["information", "error"]);
        page.QuerySelectorAll(".trace-id a").Select(e => e.GetAttribute("href")).ShouldContain($"/structuredlogs?traceId={Trace}");
    }

    [Fact]
    public async Task A_trace_and_a_span_are_files_that_can_be_sent_again()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));
        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}");
        var list = await dashboard.OpenAsync("/traces?from=0&resource=nginx");

        using var trace = await dashboard.Browser.GetAsync(page.QuerySelector("a[download]")!.GetAttribute("href"));
        var span = await SpansAsync($"/traces/export/{Trace}?span=00f067aa0ba902b9");
        var all = await SpansAsync(list.QuerySelector("a[download]")!.GetAttribute("href")!);
        using var unknown = await dashboard.Browser.GetAsync($"/traces/export/{Trace[..31]}0");

        trace.Content.Headers.ContentDisposition!.FileName.ShouldBe($"trace-{Trace}.json");
        Names(JsonElement.Parse(await trace.Content.ReadAsStringAsync())).ShouldBe(["GET", "GET Home/Index", "SELECT"]);
        span.ShouldBe(["SELECT"]);
        all.ShouldBe(["GET", "GET Home/Index", "SELECT"]);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task<List<string>> SpansAsync(string address) => Names(await dashboard.Browser.GetFromJsonAsync<JsonElement>(address));
        static List<string> Names(JsonElement data) =>
        [
            .. data.GetProperty("resourceSpans").EnumerateArray().SelectMany(resource => resource.GetProperty("scopeSpans").EnumerateArray())
                .SelectMany(scope => scope.GetProperty("spans").EnumerateArray()).Select(item => item.GetProperty("name").GetString()!),
        ];
    }

    [Fact]
    public async Task Filter_stays_in_every_link_and_what_is_wrong_with_the_search_is_said()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));

        var page = await dashboard.OpenAsync("/traces?from=0&resource=site&min=1&q=home");
        var wrong = await dashboard.OpenAsync("/traces?from=0&q=dur:>long");
        using var pasted = await dashboard.Browser.GetAsync($"/traces?q=%20{Trace.ToUpperInvariant()}");

        page.QuerySelectorAll(".trace-line .log-text").Select(e => e.TextContent).ShouldBe(["GET /orders"]);
        page.QuerySelector(".log-head a.num")!.GetAttribute("href").ShouldBe("/traces?from=0&resource=site&min=1&q=home&sort=duration");
        page.QuerySelectorAll(".percentiles tbody th a").Select(e => (e.TextContent, e.GetAttribute("href"))).ShouldBe(
            [("site-8002", "/traces?from=0&resource=site-8002&min=1&q=home"), ("GET Home/Index", "/traces?from=0&resource=site&route=GET%20Home%2FIndex&min=1&q=home")]);
        page.QuerySelectorAll(".scatter-plot a").Select(e => e.GetAttribute("href")).ShouldBe([$"/traces/detail/{Trace}?t=1795335300004"]);
        page.QuerySelectorAll("[style], [onclick]").ShouldBeEmpty();
        wrong.QuerySelector(".notice")!.TextContent.ShouldStartWith("'long' is not a number");
        (pasted.StatusCode, pasted.Headers.Location?.ToString()).ShouldBe((HttpStatusCode.Redirect, $"/traces/detail/{Trace}"));
    }

    [Fact]
    public async Task An_hour_without_traces_says_when_the_newest_one_was()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, SentSpan.Retried(Trace));

        var page = await dashboard.OpenAsync("/traces");

        page.QuerySelector(".empty h2")!.TextContent.ShouldBe("No traces in this time");
        page.QuerySelector(".empty time")!.TextContent.ShouldStartWith("2026-11-22 08:15:00");
        page.QuerySelectorAll(".empty a").Select(e => e.GetAttribute("href")).ShouldBe(["/traces?range=24h", "/traces?range=7d"]);
    }

    [Fact]
    public async Task Two_thousand_spans_of_hostile_text_are_a_page()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var hostile = "<img src=x onerror=alert(1)> \u202e \" ' " + new string('ä', 500);
        await SentSpan.SendAsync(dashboard, [.. Enumerable.Range(1, 2000).Select(n => new SentSpan(Trace, n.ToString("x16"), hostile) { Parent = n == 1 ? null : (n / 2).ToString("x16"), At = n, Kind = 1 + (n % 5), Attributes = n == 7 ? [(hostile, new string('<', 9000))] : [] })]);

        var page = await dashboard.OpenAsync($"/traces/detail/{Trace}?span={7:x16}");

        page.QuerySelectorAll(".span").Length.ShouldBe(2000);
        page.QuerySelectorAll("#map rect").Length.ShouldBe(2000);
        page.QuerySelectorAll("img").ShouldBeEmpty();
        page.QuerySelectorAll("#pane .attributes dt").Select(e => e.TextContent).ShouldContain(hostile);
        page.QuerySelector("#pane .attributes dd")!.TextContent.ShouldStartWith("<<<<");
    }
}
