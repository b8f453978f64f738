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
    public async Task A_record_in_the_address_is_shown_in_full_beside_the_list()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("before"), new SentLog("other", "site-8002"), new SentLog("paid", Severity: 17)
        {
            TraceId = Trace,
            Attributes = { ["OrderId"] = "5512", ["exception.type"] = "System.Exception", ["exception.message"] = "no", ["exception.stacktrace"] = "System.Exception: no\n   at X.Y()" },
        }, new SentLog("after"));
        var list = await dashboard.OpenAsync("/structuredlogs?q=paid");

        var page = await dashboard.OpenAsync(list.QuerySelector("#lines a.log-text")!.GetAttribute("href")!);

        Lines(page).ShouldBe(["paid"]);
        page.QuerySelector("#lines li")!.GetAttribute("aria-current").ShouldBe("true");
        var record = page.QuerySelector("#record")!;
        record.HasAttribute("hidden").ShouldBeFalse();
        record.QuerySelector(".record-message")!.TextContent.ShouldBe("paid");
        var pairs = record.QuerySelectorAll(".fields > div").ToDictionary(d => d.QuerySelector("dt")!.TextContent, d => d.QuerySelector("dd")!.TextContent);
        pairs["Service"].ShouldBe("site");
        pairs["Instance"].ShouldBe("site-8001");
        pairs["Category"].ShouldBe("WebSite.Tests");
        pairs["OrderId"].ShouldBe("5512");
        pairs["service.instance.id"].ShouldBe("site-8001");
        pairs.ShouldNotContainKey("exception.stacktrace");
        record.QuerySelector(".record-exception h3")!.TextContent.ShouldBe("System.Exception");
        record.QuerySelector(".log-stack")!.TextContent.ShouldBe("System.Exception: no\n   at X.Y()");
        record.QuerySelector(".log-trace")!.GetAttribute("href").ShouldBe($"/structuredlogs?traceId={Trace}");
        record.QuerySelector(".log-spans")!.GetAttribute("href")!.ShouldStartWith($"/traces/detail/{Trace}?t=");
        record.QuerySelectorAll(".around .log-text").Select(e => e.TextContent).ShouldBe(["before", "paid", "after"]);
        record.QuerySelector("#record-close")!.GetAttribute("href").ShouldBe("/structuredlogs?q=paid");
        var only = record.QuerySelectorAll(".fields > div").First(d => d.QuerySelector("dt")!.TextContent == "OrderId").QuerySelectorAll(".pick a").Select(a => a.GetAttribute("href")).ToList();
        only.ShouldBe(["/structuredlogs?q=paid%20OrderId%3A5512", "/structuredlogs?q=paid%20-OrderId%3A5512"]);
        Lines(await dashboard.OpenAsync(only[0]!)).ShouldBe(["paid"]);
        Lines(await dashboard.OpenAsync(only[1]!)).ShouldBeEmpty();
        using var json = await dashboard.Browser.GetAsync(record.QuerySelector("#record-json")!.GetAttribute("href"));
        (await json.Content.ReadAsStringAsync()).ShouldContain("\"stringValue\": \"5512\"");
    }

    [Fact]
    public async Task A_record_that_is_gone_says_so()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        var page = await dashboard.OpenAsync("/structuredlogs?record=17");

        page.QuerySelector("#record h2")!.TextContent.ShouldBe("No such record");
        using var fragment = await dashboard.Browser.GetAsync("/fragments/record?record=17");
        fragment.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        using var json = await dashboard.Browser.GetAsync("/structuredlogs/record/17");
        json.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Hostile_records_stay_text()
    {
        const string Evil = "</template></li><script>alert(1)</script><img src=x onerror=alert(2)>";
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog(Evil, Evil) { Attributes = { [Evil] = Evil + new string('x', 8000), ["rtl"] = "\u202eabc", ["say \"hi\""] = "a\"b\\c" } });
        await dashboard.WaitForResourceAsync("site-" + Evil);

        var list = await dashboard.OpenAsync("/structuredlogs?q=" + Uri.EscapeDataString($"\"{Evil}\"") + "&col=" + Uri.EscapeDataString(Evil));
        var page = await dashboard.OpenAsync(list.QuerySelector("#lines a.log-text")!.GetAttribute("href")!);
        var templates = await dashboard.OpenAsync("/structuredlogs?view=templates");

        Lines(page).ShouldBe([Evil]);
        foreach (var document in new[] { list, page, templates })
        {
            document.QuerySelectorAll("main script, main img").ShouldBeEmpty();
        }

        page.QuerySelectorAll("#record dt").Select(d => d.TextContent).ShouldContain(Evil);
        page.QuerySelector<IHtmlInputElement>("input[name=q]")!.Value.ShouldBe($"\"{Evil}\"");
        page.QuerySelector("#lines .log-cell")!.TextContent.ShouldStartWith(Evil);
        var odd = page.QuerySelectorAll("#record .fields > div").First(d => d.QuerySelector("dt")!.TextContent == "say \"hi\"");
        Lines(await dashboard.OpenAsync(odd.QuerySelector(".pick a")!.GetAttribute("href")!)).ShouldBe([Evil]);
    }

    [Fact]
    public async Task Older_records_are_behind_a_link_that_does_not_move_when_new_ones_come()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync([.. Enumerable.Range(1, 250).Select(n => new SentLog($"record {n}"))]);
        var first = await dashboard.OpenAsync("/structuredlogs?q=record");
        Lines(first).ShouldBe([.. Enumerable.Range(151, 100).Reverse().Select(n => $"record {n}")]);
        var older = first.QuerySelector("#older")!.GetAttribute("href")!;

        await dashboard.SendLogsAsync(new SentLog("record 251"));

        var second = await dashboard.OpenAsync(older);
        Lines(second).ShouldBe([.. Enumerable.Range(51, 100).Reverse().Select(n => $"record {n}")]);
        second.QuerySelector("#logs")!.HasAttribute("data-live").ShouldBeFalse();
        second.QuerySelector(".tools-end a")!.GetAttribute("href").ShouldBe("/structuredlogs?q=record");
        var third = await dashboard.OpenAsync(second.QuerySelector("#older")!.GetAttribute("href")!);
        Lines(third).Count.ShouldBe(50);
        third.QuerySelector("#older").ShouldBeNull();
    }

    [Theory]
    [InlineData("status:>=500", "second")]
    [InlineData("-StatusCode:503 level:Information", "first")]
    [InlineData("instance:~8002 OR", "")]
    [InlineData("instance:~8002", "second")]
    public async Task Fields_are_searched(string text, string expected)
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("first") { Attributes = { ["StatusCode"] = "200" } }, new SentLog("second", "site-8002") { Attributes = { ["StatusCode"] = "503" } });

        var page = await dashboard.OpenAsync("/structuredlogs?q=" + Uri.EscapeDataString(text));

        string.Join(',', Lines(page)).ShouldBe(expected);
        page.QuerySelector("#problem").ShouldBeNull();
    }

    [Fact]
    public async Task A_search_that_is_not_understood_says_why()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("first"));

        var page = await dashboard.OpenAsync("/structuredlogs?q=level:Loud");

        page.QuerySelector("#problem")!.TextContent.ShouldBe("'Loud' is not a level. Levels: Trace, Debug, Information, Warning, Error, Critical.");
        page.QuerySelector("#search")!.GetAttribute("aria-invalid").ShouldBe("true");
        Lines(page).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("field=OrderId&op=neq&value=5+5", "/structuredlogs?level=Error&q=slow%20-OrderId%3A%225%205%22")]
    [InlineData("field=status&op=gte&value=500", "/structuredlogs?level=Error&q=slow%20status%3A%3E%3D500")]
    [InlineData("field=route&op=ncontains&value=home", "/structuredlogs?level=Error&q=slow%20-route%3A~home")]
    public async Task Filter_editor_writes_its_condition_into_the_address(string condition, string expected)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Browser.GetAsync("/structuredlogs?level=Error&q=slow&" + condition);

        answer.Headers.Location!.ToString().ShouldBe(expected);
        (await dashboard.OpenAsync("/structuredlogs")).QuerySelectorAll("#condition select[name=op] option").Length.ShouldBe(8);
    }

    [Fact]
    public async Task Range_restricts_the_list_and_a_standing_one_is_not_live()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("now"));

        var past = await dashboard.OpenAsync("/structuredlogs?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z");
        var lately = await dashboard.OpenAsync("/structuredlogs?range=15m");

        Lines(past).ShouldBeEmpty();
        past.QuerySelector("#logs")!.HasAttribute("data-live").ShouldBeFalse();
        past.QuerySelector("#histogram .chart")!.GetAttribute("aria-label").ShouldBe("0 records by level, 0 of them errors");
        Lines(lately).ShouldBe(["now"]);
        lately.QuerySelector("#logs")!.GetAttribute("data-live").ShouldBe("true");
        lately.QuerySelector("#histogram .chart")!.GetAttribute("aria-label").ShouldBe("1 records by level, 0 of them errors");
        lately.QuerySelector(".log-exports a")!.GetAttribute("href").ShouldBe("/export/logs.csv?range=15m");
    }

    [Fact]
    public async Task Columns_in_the_address_decide_what_stands_before_the_message()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("paid") { TraceId = Trace, Attributes = { ["OrderId"] = "5512" } });

        var page = await dashboard.OpenAsync("/structuredlogs?col=trace&col=OrderId&col=scope");

        page.QuerySelector("#lines li")!.Children.Select(e => e.TextContent).Skip(1).ShouldBe(["4bf92f35", "5512", "WebSite.Tests", "paid"]);
        page.QuerySelectorAll("#logs .log-head span").Select(e => e.TextContent).ShouldBe(["Time", "Trace", "OrderId", "Category", "Message"]);
        page.QuerySelector("template#line")!.ShouldNotBeNull();
    }

    [Fact]
    public async Task With_an_index_of_words_the_page_says_what_it_finds()
    {
        await using var dashboard = await TestDashboard.StartAsync(null, null, "--Dashboard:Storage:FullText=true");

        (await dashboard.OpenAsync("/structuredlogs?q=time")).QuerySelector("#whole-words").ShouldNotBeNull();
        (await dashboard.OpenAsync("/structuredlogs?q=level:Error")).QuerySelector("#whole-words").ShouldBeNull();
    }

    [Fact]
    public async Task Templates_lead_to_their_records()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(
            new SentLog("Order 1 is \"paid\"") { Attributes = { ["{OriginalFormat}"] = "Order {Id} is \"paid\"" } },
            new SentLog("Order 2 is \"paid\"", "site-8002", 13) { Attributes = { ["{OriginalFormat}"] = "Order {Id} is \"paid\"" } },
            new SentLog("plain"));

        var page = await dashboard.OpenAsync("/structuredlogs?view=templates");

        var rows = page.QuerySelectorAll(".template").ToList();
        rows.Select(row => row.QuerySelector("a")!.TextContent).ShouldBe(["Order {Id} is \"paid\"", "(without template)"]);
        rows[0].QuerySelector(".num")!.TextContent.ShouldBe("2");
        rows[0].QuerySelector(".log-level")!.TextContent.ShouldBe("Warning");
        rows[0].QuerySelector(".spread")!.GetAttribute("aria-label").ShouldBe("site-8001: 1, site-8002: 1");
        Lines(await dashboard.OpenAsync(rows[0].QuerySelector("a")!.GetAttribute("href")!)).ShouldBe(["Order 2 is \"paid\"", "Order 1 is \"paid\""]);
        Lines(await dashboard.OpenAsync(rows[1].QuerySelector("a")!.GetAttribute("href")!)).ShouldBe(["plain"]);
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
