using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Google.Protobuf;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class MetricsPageTests : IAsyncLifetime
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static readonly double[] Bounds = [0.01, 0.1, 1];
    private static readonly string Range = $"from={Samples.Time.ToUnixTimeMilliseconds()}&to={Samples.Time.AddMinutes(1).ToUnixTimeMilliseconds()}";
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public ValueTask DisposeAsync() => _dashboard.DisposeAsync();

    [Fact]
    public async Task Without_metrics_the_page_says_what_to_do()
    {
        var page = await _dashboard.OpenAsync("/metrics");

        page.QuerySelector(".empty h2")!.TextContent.ShouldBe("No metrics yet");
        page.QuerySelector(".bar a[aria-current]")!.TextContent.ShouldBe("Metrics");
    }

    [Fact]
    public async Task Instruments_are_listed_by_meter_with_their_newest_values()
    {
        await SendAsync(
            new SentMetrics(meter: "B") { Unit = "By", Description = "Memory in use" }.UpDown("memory", 10, 1024),
            new SentMetrics("site-8002", "B") { Unit = "By" }.UpDown("memory", 10, 1024),
            new SentMetrics(meter: "A") { Unit = "s" }.Histogram("duration", 10, Bounds, [0, 4, 0, 0], 0.2));

        var page = await _dashboard.OpenAsync($"/metrics?{Range}");

        page.QuerySelectorAll(".metric-list .group").Select(Text).ShouldBe(["A", "B"]);
        page.QuerySelectorAll(".metric-list tr[data-row]").Select(Text).ShouldBe(["duration 50 ms histogram 1 1", "memory 2 KB up-down counter 2 2 Memory in use"]);
        page.QuerySelectorAll(".metric-tree summary").Select(Text).ShouldBe(["A 1", "B 1"]);
        page.QuerySelector(".metric-list a")!.GetAttribute("href").ShouldBe($"/metrics/meter/A/instrument/duration?{Range}");
    }

    [Fact]
    public async Task A_search_narrows_the_list_down_also_without_script()
    {
        await SendAsync(new SentMetrics(meter: "A").Gauge("load", 10, 1).Gauge("threads", 10, 1));

        var page = await _dashboard.OpenAsync($"/metrics?find=THREA&{Range}");
        var none = await _dashboard.OpenAsync($"/metrics?find=nothing&{Range}");

        page.QuerySelectorAll(".metric-tree li").Select(Text).ShouldBe(["threads"]);
        page.QuerySelector<IHtmlInputElement>("#find")!.Value.ShouldBe("THREA");
        none.QuerySelector(".empty h2")!.TextContent.ShouldBe("No instrument is named like that");
    }

    [Fact]
    public async Task An_instrument_has_a_line_for_each_replica_in_its_colour_with_figures_and_table()
    {
        // One that was there long before has no line.
        await SendAsync(new SentMetrics("site-8003") { Unit = "By" }.UpDown("memory", -3600, 1024));
        await SendAsync(Enumerable.Range(0, 13).SelectMany(i => new[]
        {
            new SentMetrics { Unit = "By" }.UpDown("memory", i * 5, 1024),
            new SentMetrics("site-8002") { Unit = "By" }.UpDown("memory", i * 5, 2048 + (i * 512)),
        }));

        var page = await _dashboard.OpenAsync($"/metrics/resource/site/meter/Site/instrument/memory?{Range}");

        page.QuerySelectorAll(".chart-line").Select(line => line.GetAttribute("data-hue"))
            .ShouldBe(new[] { "site-8001", "site-8002" }.Select(name => $"{Stack.Dashboard.Web.Components.Tone.Hue(name)}"));
        page.QuerySelectorAll(".metric-figures tbody tr").Select(Text).ShouldBe(["site-8001 1 KB 1 KB 1 KB 1 KB", "site-8002 7.5 KB 2 KB 4.75 KB 7.5 KB"]);
        page.QuerySelectorAll(".chart-table tbody tr").Length.ShouldBe(60);
        page.QuerySelector(".chart-plot")!.GetAttribute("aria-label")!.ShouldContain("site-8002 7.5 KB, at most 7.5 KB");
        page.QuerySelector(".metric-tree [aria-current]")!.TextContent.ShouldBe("memory");
        page.QuerySelector("#metric")!.HasAttribute("data-live").ShouldBeFalse();
    }

    [Fact]
    public async Task Views_figures_and_dimensions_are_in_the_address()
    {
        await SendAsync(Enumerable.Range(0, 13).SelectMany(i => new[] { "site-8001", "site-8002" }.Select(replica => new SentMetrics(replica) { Start = -1, Unit = "s" }
            .Histogram("duration", i * 5, Bounds, [(ulong)i, 0, 0, 0], attributes: ("route", "/a"))
            .Histogram("duration", i * 5, Bounds, [0, 0, (ulong)i, 0], attributes: ("route", "/b")))));
        var address = $"/metrics/meter/Site/instrument/duration?{Range}";

        var sum = await _dashboard.OpenAsync($"{address}&view=sum");
        var split = await _dashboard.OpenAsync($"{address}&view=sum&by=route&stat=p50");
        var multiples = await _dashboard.OpenAsync($"{address}&view=multiples&dim=route%3D%2Fb");

        Lines(sum).ShouldBe(["p50", "p95", "p99"]);
        Lines(split).ShouldBe(["/a", "/b"]);
        Lines(multiples).ShouldBe(["p50", "p95", "p99", "p50", "p95", "p99"]);
        multiples.QuerySelectorAll(".metric-plot h3").Select(Text).ShouldBe(["site-8001", "site-8002"]);
        multiples.QuerySelector(".metric-figures tbody td:nth-child(2)")!.TextContent.ShouldBe("569 ms");
        multiples.QuerySelectorAll<IHtmlOptionElement>("select[name=dim] option").Where(o => o.IsSelected).Select(Text).ShouldBe(["/b"]);
        split.QuerySelectorAll<IHtmlOptionElement>("#filter option").Where(o => o.HasAttribute("selected")).Select(o => o.Value)
            .ShouldBe(["", "sum", "p50", "route"]);
        multiples.QuerySelectorAll(".metric-tree a").Select(a => a.GetAttribute("href")).ShouldContain($"/metrics/meter/Site/instrument/duration?view=multiples&{Range}");
    }

    [Fact]
    public async Task A_form_that_was_sent_leads_to_the_one_address_of_the_view()
    {
        using var answer = await _dashboard.Browser.GetAsync($"/metrics?resource=site&meter=A%2FB&instrument=x%25y&view=sum&dim=&stat=&by=&range=1h");

        answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        answer.Headers.Location!.OriginalString.ShouldBe("/metrics/resource/site/meter/A%2FB/instrument/x%25y?view=sum&range=1h");
    }

    [Theory]
    [InlineData("a/b", "c/d")]
    [InlineData("a%2Fb", "100%")]
    [InlineData("..", ".")]
    [InlineData("", "no meter")]
    [InlineData("<script>alert(1)</script>", "\"'><img src=x onerror=alert(2)>")]
    [InlineData("ü+ &?#=;", "%252F \\ \u202e")]
    public async Task Names_of_any_kind_lead_to_their_instrument_and_stay_texts(string meter, string name)
    {
        await SendAsync(new SentMetrics("replica/1 %<b>", meter, "se/rv") { Description = "<u>what</u>", Unit = "<i>" }.Gauge(name, 10, 5, ("<k>=%", "<v>&=")));
        var list = await _dashboard.OpenAsync($"/metrics/resource/{Uri.EscapeDataString("se/rv-replica/1 %<b>")}?{Range}");
        var link = list.QuerySelector(".metric-list a")!;

        var page = await _dashboard.OpenAsync(link.GetAttribute("href")!);
        var filtered = await _dashboard.OpenAsync($"{link.GetAttribute("href")}&dim={Uri.EscapeDataString(page.QuerySelectorAll<IHtmlOptionElement>("select[name=dim] option").ElementAt(1).Value)}");

        foreach (var shown in new[] { page, filtered })
        {
            shown.QuerySelector("h2")!.TextContent.ShouldBe(name);
            shown.QuerySelectorAll(".metric-figures tbody th").Select(Text).ShouldBe(["se/rv-replica/1 %<b>"]);
            shown.QuerySelectorAll("main script, main img, main u, main b, #metric i:not(.swatch)").ShouldBeEmpty();
        }

        filtered.QuerySelectorAll<IHtmlOptionElement>("select[name=dim] option").ElementAt(1).IsSelected.ShouldBeTrue();
        page.QuerySelector("select[name=dim]")!.ParentElement!.QuerySelector("span")!.TextContent.ShouldBe("<k>=%");
    }

    [Fact]
    public async Task Exemplars_are_dots_that_lead_to_their_traces()
    {
        await SendAsync(
            new SentMetrics { Start = 0, Unit = "s" }.Histogram("duration", 5, Bounds, [1, 0, 0, 0]),
            new SentMetrics { Start = 0, Unit = "s" }.Histogram("duration", 30, Bounds, [1, 0, 1, 0], exemplar: (0.5, Trace)));

        var page = await _dashboard.OpenAsync($"/metrics/meter/Site/instrument/duration?{Range}");
        var rates = await _dashboard.OpenAsync($"/metrics/meter/Site/instrument/duration?stat=rate&{Range}");

        page.QuerySelectorAll("a.exemplar, .exemplars a").Select(a => a.GetAttribute("href")).ShouldBe(Enumerable.Repeat($"/traces/detail/{Trace}?t={Samples.Time.AddSeconds(30).ToUnixTimeMilliseconds()}", 2));
        page.QuerySelector(".exemplars a")!.TextContent.ShouldBe("08:15:30 500 ms site-8001");
        rates.QuerySelectorAll("a.exemplar").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_relative_range_is_drawn_anew_by_a_fragment_and_a_gap_is_no_line()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        await SendAsync(new[] { -200.0, -195, -190, -9, -4 }.Select(at => new SentMetrics { Origin = now }.Gauge("load", at, at)));

        var page = await _dashboard.OpenAsync("/metrics/resource/site-8001/meter/Site/instrument/load?range=5m");
        var live = page.QuerySelector("#metric")!.GetAttribute("data-live")!;
        var fragment = await _dashboard.OpenAsync(live);

        live.ShouldBe("/fragments/metrics?resource=site-8001&meter=Site&instrument=load&range=5m");
        fragment.QuerySelector("#metric h2")!.TextContent.ShouldBe("load");
        fragment.QuerySelector("nav, .bar").ShouldBeNull();
        page.QuerySelector(".chart-line")!.GetAttribute("d")!.Count(c => c == 'M').ShouldBe(2);
        page.QuerySelector("#pause").ShouldNotBeNull();
    }

    [Fact]
    public async Task Values_below_zero_are_below_the_zero_line()
    {
        await SendAsync(Enumerable.Range(0, 13).Select(i => new SentMetrics { Unit = "Cel" }.Gauge("temperature", i * 5, i < 6 ? -10 : 30)));

        var page = await _dashboard.OpenAsync($"/metrics/meter/Site/instrument/temperature?{Range}");

        page.QuerySelectorAll(".chart-y span").Select(Text).ShouldBe(["30 Cel", "20 Cel", "10 Cel", "0 Cel", "-10 Cel"]);
        page.QuerySelector(".metric-figures tbody td:nth-child(3)")!.TextContent.ShouldBe("-10 Cel");
    }

    [Fact]
    public async Task An_unknown_instrument_and_an_empty_range_are_said_so()
    {
        await SendAsync(new SentMetrics().Gauge("load", 10, 1));

        (await _dashboard.OpenAsync($"/metrics/meter/Site/instrument/none?{Range}")).QuerySelector("#metric .empty h2")!.TextContent.ShouldBe("No values in this range");
        (await _dashboard.OpenAsync($"/metrics/meter/Site/instrument/load?{Range}&dim=a%3Db")).QuerySelector("#metric .empty h2")!.TextContent.ShouldBe("No value matches");
        (await _dashboard.OpenAsync("/metrics?from=2020-01-01&to=2020-01-02")).QuerySelector(".metric-main .empty h2")!.TextContent.ShouldBe("Nothing was sent in this range");
        (await _dashboard.OpenAsync("/fragments/metrics", HttpStatusCode.NotFound)).Body!.TextContent.ShouldBeEmpty();
    }

    private static IEnumerable<string> Lines(IHtmlDocument page) => page.QuerySelectorAll(".metric-figures tbody th").Select(Text);

    // A row's cells stand apart.
    private static string Text(IElement element) => string.Join(
        ' ', (element is IHtmlTableRowElement row ? string.Join(' ', row.Cells.Select(c => c.TextContent)) : element.TextContent).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Task SendAsync(params IEnumerable<SentMetrics> senders) => SentMetricsBrowser.SendAsync(_dashboard, senders);
}

/// <summary>Sends metrics as an exporter does, and waits until they are there for the pages.</summary>
internal static class SentMetricsBrowser
{
    public static async Task SendAsync(TestDashboard dashboard, IEnumerable<SentMetrics> senders)
    {
        using var limit = TestDashboard.Limit();
        var request = SentMetrics.Request(senders);
        var points = request.ResourceMetrics.SelectMany(r => r.ScopeMetrics).SelectMany(s => s.Metrics).Count();
        var before = dashboard.Service<StoreStatus>().Committed;
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var client = new HttpClient();
        using var answer = await client.PostAsync(new Uri(dashboard.Service<Listeners>().OtlpHttp, "v1/metrics"), content, limit.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await OpenStore.UntilAsync(() => dashboard.Service<StoreStatus>().Committed == before + points, "the commit of the points");
    }
}
