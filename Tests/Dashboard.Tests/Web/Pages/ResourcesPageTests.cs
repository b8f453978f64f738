using System.Net;
using AngleSharp.Dom;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class ResourcesPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("/")]
    [InlineData("/resources")]
    public async Task Every_replica_has_a_line_with_all_there_is_to_know(string path)
    {
        var broken = Sample.Replica("site-8002", 8002, "Backoff", "Unknown") with
        {
            Restarts = 4, LastExit = "exit code 3", Reason = "ended 0.4 s after its start", Rss = null,
            NextAttemptAt = TimeProvider.System.GetUtcNow().AddMinutes(5),
        };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(Sample.Replica("site-8001", 8001), broken), Sample.Nginx());
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync(path);

        Cells(page, "site-8001").ShouldBe(["site-8001", "Running", "Ready", "8001", "5001", "3h 12m", "0", "105 MB", "127.0.0.1:8001", "–"]);
        var cells = Cells(page, "site-8002");
        cells[1..9].ShouldBe(["Backoff", "Unknown", "8002", "–", "–", "4", "–", "127.0.0.1:8002"]);
        cells[9].ShouldStartWith("exit code 3 ended 0.4 s after its start next try in 4m 5");
        page.QuerySelector("tr[data-replica=site-8001] .address")!.GetAttribute("href").ShouldBe("http://127.0.0.1:8001");
        page.QuerySelector("tbody[data-key=site] .group-count")!.TextContent.ShouldBe("1 of 2 ready");
        page.QuerySelector("#pulse")!.TextContent.Trim().ShouldBe("2 of 3 ready");
        page.QuerySelectorAll("tr[data-replica=site-8001] .links a").Select(a => a.GetAttribute("href"))
            .ShouldBe(["/structuredlogs/resource/site-8001", "/consolelogs/resource/site-8001"]);
    }

    [Fact]
    public async Task Gateway_is_in_front_and_the_stacks_own_resources_are_apart()
    {
        var own = Sample.Resource("aspire-dashboard", "Executable", Sample.Replica("aspire-dashboard", 18888)) with { Hidden = true };
        await using var host = await FakeAppHost.StartAsync(Socket, own, Sample.Site(2), Sample.Nginx("http://localhost:8080"));
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        page.QuerySelector(".banner").ShouldBeNull();
        page.QuerySelector(".card-main a.big")!.GetAttribute("href").ShouldBe("http://localhost:8080");
        page.QuerySelector("details.own")!.QuerySelectorAll("tr.replica").Length.ShouldBe(1);
        page.QuerySelectorAll("#resources > .table-wrap tr.replica").Select(r => r.GetAttribute("data-replica")).ShouldBe(["site-8001", "site-8002", "nginx"]);
        page.QuerySelector("#pulse")!.TextContent.Trim().ShouldBe("3 of 3 ready");
    }

    [Theory]
    [InlineData("front-proxy", "Container", true)]
    [InlineData("edge", "Container", true)]
    [InlineData("admin", "Project", false)]
    public async Task Gateway_is_found_by_its_name_or_because_nothing_else_has_an_address(string name, string type, bool expected)
    {
        var front = Sample.Resource(name, type, Sample.Replica(name, 8080)) with { Urls = ["http://localhost:8080"] };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), front);
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        page.QuerySelectorAll(".card-main a.big").Length.ShouldBe(expected ? 1 : 0);
    }

    [Fact]
    public async Task What_is_wrong_with_a_resource_that_runs_is_in_front()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx("http://localhost:8080") with { Trouble = "nginx does not accept <it>." });
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");
        page.QuerySelector("#resources > .banner[role=alert]")!.TextContent.Trim().ShouldBe("nginx: nginx does not accept <it>.");
    }

    [Fact]
    public async Task Change_is_told_by_the_live_stream_and_is_in_the_fragment()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => h.GetProperty("text").GetString() == "2 of 2 ready");

        host.Change(Sample.Site(Sample.Replica("site-8001", 8001) with { Restarts = 1 }, Sample.Replica("site-8002", 8002, "Fatal", "Dead")));

        var health = await live.NextAsync("health", h => h.GetProperty("text").GetString() == "1 of 2 ready");
        health.GetProperty("tone").GetString().ShouldBe("bad");
        var fragment = await dashboard.OpenAsync("/fragments/resources");
        fragment.QuerySelector("tr[data-replica=site-8001] [data-restarts]")!.TextContent.ShouldBe("1");
        fragment.QuerySelector("tr[data-replica=site-8002] .chip")!.TextContent.ShouldBe("Fatal");
        fragment.QuerySelector("nav").ShouldBeNull();
    }

    [Fact]
    public async Task Lost_AppHost_greys_the_page_with_the_time_and_the_reason_until_it_is_back()
    {
        var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await using var dashboard = await ConnectAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());

        await host.DisposeAsync();

        var lost = await live.NextAsync("health", h => h.GetProperty("stale").GetBoolean() && h.GetProperty("title").GetString()!.StartsWith("No AppHost", StringComparison.Ordinal));
        lost.GetProperty("text").GetString()!.ShouldMatch(@"^as of \d\d:\d\d:\d\d$");
        var page = await dashboard.OpenAsync("/");
        page.QuerySelector("#resources")!.GetAttribute("data-stale").ShouldBe("true");
        page.QuerySelector("[role=alert] strong")!.TextContent.ShouldMatch(@"^The connection to the AppHost is lost\. Shown as of \d\d:\d\d:\d\d\.$");
        page.QuerySelector("[role=alert] p")!.TextContent.ShouldContain($"No AppHost listens on '{Socket}'.");
        Cells(page, "site-8001")[1].ShouldBe("Running");
        page.QuerySelectorAll("#resources time[data-count]").ShouldBeEmpty();

        await using var second = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        (await dashboard.OpenAsync("/")).QuerySelector("#resources")!.HasAttribute("data-stale").ShouldBeFalse();
    }

    [Fact]
    public async Task AppHost_that_was_never_there_is_said_so()
    {
        await using var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => h.GetProperty("title").GetString()!.StartsWith("No AppHost", StringComparison.Ordinal));

        var page = await dashboard.OpenAsync("/");

        page.QuerySelector("[role=alert] strong")!.TextContent.ShouldBe("No connection to the AppHost.");
        page.QuerySelectorAll("table").ShouldBeEmpty();
    }

    [Fact]
    public async Task Hostile_texts_stay_texts()
    {
        const string Evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
        var replica = Sample.Replica("evil-1", 1) with { Name = Evil, Reason = Evil, LastExit = Evil, Url = "javascript:alert(3)" };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Resource(Evil, Evil, replica, replica with { Name = "b" }) with { Urls = ["javascript:alert(4)"] });
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        page.QuerySelectorAll("main script, main img").ShouldBeEmpty();
        page.QuerySelectorAll("a").ShouldAllBe(a => a.GetAttribute("href")!.StartsWith('/') || a.GetAttribute("href")!.StartsWith('#'));
        page.QuerySelector("tr.replica th")!.TextContent.Trim().ShouldBe(Evil);
        page.QuerySelector(".why .exit")!.TextContent.ShouldBe(Evil);
    }

    [Fact]
    public async Task Empty_model_says_what_to_do()
    {
        await using var host = await FakeAppHost.StartAsync(Socket);
        await using var dashboard = await ConnectAsync();

        (await dashboard.OpenAsync("/")).QuerySelector(".empty h2")!.TextContent.ShouldBe("The AppHost declares no resources");
    }

    [Fact]
    public async Task Alone_the_dashboard_lists_who_sent_telemetry_and_hides_what_only_an_AppHost_knows()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        (await dashboard.OpenAsync("/")).QuerySelector(".empty h2")!.TextContent.ShouldBe("Nothing has sent telemetry yet");

        await dashboard.SendLogsAsync(new SentLog("a", "site-8010"), new SentLog("b", "site-8002"), new SentLog("c", "1") { Service = "worker" });
        await dashboard.WaitForResourceAsync("worker-1");

        var page = await dashboard.OpenAsync("/");
        page.QuerySelectorAll("tr.replica th").Select(h => h.TextContent).ShouldBe(["site-8002", "site-8010", "worker-1"]);
        page.QuerySelectorAll("thead th").Select(h => h.TextContent).ShouldNotContain("State");
        page.QuerySelectorAll("nav a").Select(a => a.TextContent).ShouldBe(["Overview", "Resources", "Structured logs", "Traces", "Metrics"]);
        page.QuerySelector("#pulse").ShouldBeNull();
        var console = await dashboard.OpenAsync("/consolelogs", HttpStatusCode.NotFound);
        console.QuerySelector("main p")!.TextContent.ShouldBe("This dashboard runs alone, without an AppHost: it has telemetry only.");
    }

    private async Task<TestDashboard> ConnectAsync()
    {
        var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        return dashboard;
    }

    private static List<string> Cells(IParentNode page, string replica) =>
    [
        .. page.QuerySelectorAll($"tr[data-replica='{replica}'] > *:not(.links)")
            .Select(c => string.Join(' ', c.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))),
    ];
}
