using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class StructuredLogsPageTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task Logs_of_all_replicas_are_one_list_newest_first()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("first"), new SentLog("second", "site-8002", 13), new SentLog("third", "site-8003", 17));

        var page = await dashboard.OpenAsync("/structuredlogs");

        Lines(page).ShouldBe(["third", "second", "first"]);
        page.QuerySelectorAll("#lines .log-replica").Select(e => e.TextContent).ShouldBe(["site-8003", "site-8002", "site-8001"]);
        page.QuerySelectorAll("#lines .log-level").Select(e => e.TextContent).ShouldBe(["Error", "Warning", "Information"]);
        page.QuerySelector("#total")!.TextContent.ShouldBe("3");
    }

    [Theory]
    [InlineData("/structuredlogs?resource=site-8002", "two slow,two fast")]
    [InlineData("/structuredlogs?resource=site-8002&resource=worker-1", "worker slow,two slow,two fast")]
    [InlineData("/structuredlogs?resource=site", "two slow,two fast,one fast")]
    [InlineData("/structuredlogs/resource/site-8001", "one fast")]
    [InlineData("/structuredlogs/resource/worker?level=Error", "")]
    [InlineData("/structuredlogs?level=Warning", "worker slow,two slow")]
    [InlineData("/structuredlogs?level=error", "two slow")]
    [InlineData("/structuredlogs?q=FAST", "two fast,one fast")]
    [InlineData("/structuredlogs?q=slow+-worker", "two slow")]
    [InlineData("/structuredlogs?q=%22two+fast%22", "two fast")]
    [InlineData("/structuredlogs?traceId=4bf92f3577b34da6a3ce929d0e0e4736", "two slow")]
    [InlineData("/structuredlogs?traceId=4bf92f3", "two slow")]
    [InlineData("/structuredlogs?resource=nobody", "")]
    [InlineData("/structuredlogs?level=Loud&q=&resource=&traceId=&before=x", "worker slow,two slow,two fast,one fast")]
    public async Task Filter_in_the_address_decides_what_is_shown(string address, string expected)
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(
            new SentLog("one fast"),
            new SentLog("two fast", "site-8002"),
            new SentLog("two slow", "site-8002", 17) { TraceId = Trace },
            new SentLog("worker slow", "1", 13) { Service = "worker" });

        var page = await dashboard.OpenAsync(address);

        string.Join(',', Lines(page)).ShouldBe(expected);
    }

    [Fact]
    public async Task Form_shows_the_filter_that_is_in_force()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("a"), new SentLog("b", "site-8010"), new SentLog("c", "site-8009"));
        await dashboard.WaitForResourceAsync("site-8009");

        var page = await dashboard.OpenAsync("/structuredlogs?resource=site-8009&resource=gone&level=Error&q=%22x%22&traceId=4bf92f3");

        var choices = page.QuerySelectorAll<IHtmlInputElement>("#replicas input").ToList();
        choices.Select(i => i.Value).ShouldBe(["site", "site-8001", "site-8009", "site-8010", "gone"]);
        choices.Where(i => i.IsChecked).Select(i => i.Value).ShouldBe(["site-8009", "gone"]);
        page.QuerySelector("#replicas summary")!.TextContent.ShouldBe("site-8009, gone");
        page.QuerySelector<IHtmlSelectElement>("select[name=level]")!.Value.ShouldBe("Error");
        page.QuerySelector<IHtmlInputElement>("input[name=q]")!.Value.ShouldBe("\"x\"");
        page.QuerySelector<IHtmlInputElement>("input[name=traceId]")!.Value.ShouldBe("4bf92f3");
        page.QuerySelector("#clear")!.GetAttribute("href").ShouldBe("/structuredlogs");
        page.QuerySelector<IHtmlFormElement>("#filter")!.Method.ShouldBe("get");
        page.QuerySelector("#no-lines h2")!.TextContent.ShouldBe("No record matches");
        page.QuerySelector("#no-lines")!.HasAttribute("hidden").ShouldBeFalse();
    }

    [Fact]
    public async Task Details_hold_attributes_stack_trace_and_a_link_to_the_trace()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("paid", Severity: 17)
        {
            TraceId = Trace,
            Attributes = { ["OrderId"] = "5512", ["exception.type"] = "System.Exception", ["exception.stacktrace"] = "System.Exception: no\n   at X.Y()" },
        });

        var page = await dashboard.OpenAsync("/structuredlogs");

        var pairs = page.QuerySelectorAll("#lines dl > div").ToDictionary(d => d.QuerySelector("dt")!.TextContent, d => d.QuerySelector("dd")!.TextContent);
        pairs["Service"].ShouldBe("site");
        pairs["Instance"].ShouldBe("site-8001");
        pairs["Category"].ShouldBe("WebSite.Tests");
        pairs["OrderId"].ShouldBe("5512");
        pairs["exception.type"].ShouldBe("System.Exception");
        pairs.ShouldNotContainKey("exception.stacktrace");
        page.QuerySelector("#lines .log-stack")!.TextContent.ShouldBe("System.Exception: no\n   at X.Y()");
        page.QuerySelector("#lines .log-trace a")!.GetAttribute("href").ShouldBe($"/structuredlogs?traceId={Trace}");
    }

    [Fact]
    public async Task Hostile_records_stay_text()
    {
        const string Evil = "</template></li><script>alert(1)</script><img src=x onerror=alert(2)>";
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog(Evil, Evil) { Attributes = { [Evil] = Evil + new string('x', 8000), ["rtl"] = "\u202eabc" } });
        await dashboard.WaitForResourceAsync("site-" + Evil);

        var page = await dashboard.OpenAsync("/structuredlogs?q=" + Uri.EscapeDataString(Evil));

        Lines(page).ShouldBe([Evil]);
        page.QuerySelectorAll("main script, main img").ShouldBeEmpty();
        page.QuerySelectorAll("#lines dt").Select(d => d.TextContent).ShouldContain(Evil);
        page.QuerySelector<IHtmlInputElement>("input[name=q]")!.Value.ShouldBe(Evil);
    }

    [Fact]
    public async Task Older_records_are_behind_a_link_that_does_not_move_when_new_ones_come()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync([.. Enumerable.Range(1, 450).Select(n => new SentLog($"record {n}"))]);
        var first = await dashboard.OpenAsync("/structuredlogs?q=record");
        Lines(first).ShouldBe([.. Enumerable.Range(251, 200).Reverse().Select(n => $"record {n}")]);
        var older = first.QuerySelector("#older")!.GetAttribute("href")!;

        await dashboard.SendLogsAsync(new SentLog("record 451"));

        var second = await dashboard.OpenAsync(older);
        Lines(second).ShouldBe([.. Enumerable.Range(51, 200).Reverse().Select(n => $"record {n}")]);
        second.QuerySelector("#logs")!.HasAttribute("data-live").ShouldBeFalse();
        second.QuerySelector(".tools-end a")!.GetAttribute("href").ShouldBe("/structuredlogs?q=record");
        var third = await dashboard.OpenAsync(second.QuerySelector("#older")!.GetAttribute("href")!);
        Lines(third).Count.ShouldBe(50);
        third.QuerySelector("#older").ShouldBeNull();
    }

    [Fact]
    public async Task Empty_page_says_what_to_do()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        var page = await dashboard.OpenAsync("/structuredlogs");

        page.QuerySelector("#no-lines h2")!.TextContent.ShouldBe("No log records yet");
        page.QuerySelector("#logs")!.GetAttribute("data-newest").ShouldBe("0");
        page.QuerySelectorAll("#lines li").ShouldBeEmpty();
    }

    private static List<string> Lines(IParentNode page) => [.. page.QuerySelectorAll("#lines .log-text").Select(e => e.TextContent)];
}
