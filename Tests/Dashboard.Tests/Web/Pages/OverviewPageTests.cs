using AngleSharp.Dom;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Storage;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class OverviewPageTests : IDisposable
{
    private const string Slow = "site-8003";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Replicas_stand_side_by_side_and_the_slow_one_is_named_with_words_and_links()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(4), Sample.Nginx());
        await using var dashboard = await ConnectAsync();
        await SendAsync(dashboard, Served("site-8001", 200, 0.02), Served("site-8002", 200, 0.02), Served(Slow, 200, 0.2), Served("site-8004", 200, 0.02));

        var page = await dashboard.OpenAsync("/?range=5m");

        page.QuerySelectorAll("tbody:not(.total) tr.replica").Select(r => r.GetAttribute("data-replica")).ShouldBe(["site-8001", "site-8002", Slow, "site-8004"]);
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Look at site-8003");
        Text(page, ".verdict li").ShouldBe("site-8003 p95 201 ms, 10× the others");
        page.QuerySelector(".verdict li a")!.GetAttribute("href").ShouldBe("/traces?resource=site-8003&range=5m");
        Text(page, $"tr[data-replica={Slow}] .odd").ShouldBe("201 ms 10× the others p50 201 ms · p99 201 ms");
        page.QuerySelectorAll(".badge").Length.ShouldBe(1);
        Text(page, $"tr[data-replica={Slow}] td[data-label=Requests] small").ShouldBe("25 %");
        page.QuerySelectorAll($"tr[data-replica={Slow}] .figure").Select(a => a.GetAttribute("href")).ShouldBe(
        [
            "/metrics/resource/site-8003/meter/Microsoft.AspNetCore.Hosting/instrument/http.server.request.duration?range=5m", "/traces?resource=site-8003&range=5m",
            "/structuredlogs/resource/site-8003?level=error&range=5m", "/metrics/resource/apphost/meter/Stack.Hosting/instrument/stack.replica.memory?range=5m&dim=stack.replica%3Dsite-8003",
        ]);
        Text(page, ".total td[data-label=Requests] small").ShouldBe("800");
        page.QuerySelector("select[name=range] option[selected]")!.TextContent.ShouldBe("Last 5 minutes");
        page.QuerySelector("nav a[aria-current=page]")!.GetAttribute("href").ShouldBe("/");
    }

    [Fact]
    public async Task What_replicas_really_cost_stands_beside_their_memory()
    {
        static Stack.Hosting.Control.Contract.ReplicaStatus With(string name, int port, long? megabytes) => Sample.Replica(name, port) with { Pss = megabytes * 1024 * 1024 };
        await using var host = await FakeAppHost.StartAsync(
            Socket, Sample.Site(With("site-8001", 8001, 40), With("site-8002", 8002, 42)), Sample.Resource("other", "Project", With("other-1", 9001, 50), With("other-2", 9002, null)));
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        Text(page, "tr[data-replica=site-8001] td[data-label=Memory]").ShouldBe("105 MB PSS 40 MB");
        page.QuerySelectorAll(".total td[data-label=Memory]").Select(Words).ShouldBe(["210 MB", "210 MB PSS 82 MB"], ignoreOrder: true);
        Text(page, "tr[data-replica=other-2] td[data-label=Memory]").ShouldBe("105 MB");
    }

    [Fact]
    public async Task Connections_of_clients_stand_in_the_gateways_line_also_before_the_first_request()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        await using var dashboard = await ConnectAsync();
        var at = Now.AddSeconds(-20);
        await SendAsync(dashboard,
            SentRequests.Connections(at, "current", 12, "active"), SentRequests.Connections(at, "current", 1, "reading"), SentRequests.Connections(at, "current", 2, "writing"),
            SentRequests.Connections(at, "current", 9, "waiting"), SentRequests.Connections(at, "accepted", 40), SentRequests.Connections(at, "handled", 40));

        var page = await dashboard.OpenAsync("/?range=5m");

        var connections = page.QuerySelectorAll(".gateway dl > div").Single(d => d.QuerySelector("dt")!.TextContent == "Connections");
        Words(connections).ShouldMatch(@"^Connections12 3 busy · 9 idle · \S+ new$");
        connections.QuerySelector("a")!.GetAttribute("href").ShouldBe("/metrics/resource/nginx/meter/Stack.Nginx/instrument/nginx.connections_current?range=5m");
        connections.GetAttribute("data-tone").ShouldBeNull();
        page.QuerySelectorAll(".overview-table").Length.ShouldBe(1);
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Nothing stands out: 2 replicas, no requests yet");

        await SendAsync(dashboard, SentRequests.Connections(at.AddSeconds(5), "accepted", 10), SentRequests.Connections(at.AddSeconds(5), "handled", 7));

        page = await dashboard.OpenAsync("/?range=5m");
        connections = page.QuerySelectorAll(".gateway dl > div").Single(d => d.QuerySelector("dt")!.TextContent == "Connections");
        Words(connections).ShouldEndWith("3 refused");
        connections.GetAttribute("data-tone").ShouldBe("bad");
    }

    [Fact]
    public async Task Alike_replicas_are_said_to_be_alike()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectAsync();
        await SendAsync(dashboard, Served("site-8001", 200, 0.02), Served("site-8002", 180, 0.03));

        var page = await dashboard.OpenAsync("/");

        page.QuerySelector(".verdict")!.GetAttribute("data-tone").ShouldBe("good");
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Nothing stands out: 2 replicas, all alike");
        page.QuerySelectorAll(".badge").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_gateways_own_view_is_beside_and_counts_that_differ_are_marked()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        await using var dashboard = await ConnectAsync();
        var batch = new TelemetryBatch();
        batch.Add(Served("site-8001", 300, 0.02));
        batch.Add(Served("site-8002", 290, 0.02));
        var end = Now.AddSeconds(-20);
        for (var i = 0; i < 300; i++)
        {
            batch.Add(SentRequests.Gateway(end, 0.03, 200, new GatewayTry("site-8001", 200, 0.03)));
            batch.Add(i < 10
                ? SentRequests.Gateway(end, 0.06, 200, new GatewayTry("site-8002", 502, 0.03), new GatewayTry("site-8001", 200, 0.03))
                : SentRequests.Gateway(end, 0.03, i < 40 ? 404 : 200, new GatewayTry("site-8002", 200, 0.03)));
        }

        await StoreAsync(dashboard, batch);
        var page = await dashboard.OpenAsync("/?range=15m");

        Text(page, ".gateway h2").ShouldBe("nginx as clients see it");
        Text(page, ".classes small").ShouldBe("2xx 570 4xx 30");
        page.QuerySelectorAll(".gateway dd").Select(d => d.TextContent).ShouldContain(t => t.Contains("10") && t.Contains("asked another replica"));
        Text(page, "tr[data-replica=site-8002] td[data-label='Failed tries']").ShouldBe("10 10 answered elsewhere");

        // 310 were sent to the first one, which counted 300: within what may be on its way. To the second one 290 got through.
        page.QuerySelectorAll(".badge").ShouldBeEmpty();

        var more = new TelemetryBatch();
        for (var i = 0; i < 400; i++)
        {
            more.Add(SentRequests.Gateway(end, 0.03, 200, new GatewayTry("site-8001", 200, 0.03)));
        }

        await StoreAsync(dashboard, more);
        page = await dashboard.OpenAsync("/?range=15m");
        Text(page, "tr[data-replica=site-8001] td[data-label='Gateway sent'] .badge").ShouldBe("counts differ");
        Text(page, ".verdict li").ShouldBe("site-8001 the gateway sent 710 requests, it counted 300");
    }

    [Fact]
    public async Task State_restarts_and_last_exit_stand_beside_the_figures()
    {
        var again = Sample.Replica("site-8002", 8002) with { Restarts = 2, LastExit = "exit code 134", StartedAt = Now.AddMinutes(-2) };
        var broken = Sample.Replica("site-8003", 8003, "Fatal", "Dead") with { Reason = "gave up after 5 tries" };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(Sample.Replica("site-8001", 8001), again, broken) with { Ready = 2 });
        await using var dashboard = await ConnectAsync();
        await SendAsync(dashboard,
            SentRequests.Replica(Now.AddMinutes(-3), "site-8002", "stack.replica.state", 1, "Backoff"),
            SentRequests.Replica(Now.AddMinutes(-1), "site-8002", "stack.replica.state", 1, "Running"));

        var page = await dashboard.OpenAsync("/?range=5m");

        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Look at site-8003");
        page.QuerySelectorAll(".verdict li").Select(li => System.Text.RegularExpressions.Regex.Replace(Words(li), " [0-9]+s ago", " ago")).ShouldBe(["site-8003 Fatal: gave up after 5 tries", "site-8002 restarted 2m ago: exit code 134"]);
        Text(page, "tr[data-replica=site-8002] .again").ShouldBe("2 restarts · exit code 134");
        page.QuerySelector("tr[data-replica=site-8002] .strip")!.GetAttribute("aria-label")!.ShouldMatch(@"^Backoff from \d\d:\d\d:\d\d, Running from \d\d:\d\d:\d\d$");
        page.QuerySelectorAll("tr[data-replica=site-8002] .strip rect").Select(r => r.GetAttribute("data-tone")).ShouldBe(["warn", "good"]);
        page.QuerySelector("tr[data-replica=site-8003] .chip")!.TextContent.ShouldBe("Fatal");
    }

    [Fact]
    public async Task A_job_that_ended_well_is_no_replica()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Job("migrations"), Sample.Site(3), Sample.Nginx());
        await using var dashboard = await ConnectAsync();
        await SendAsync(dashboard,
            SentRequests.Replica(Now.AddSeconds(-20), "migrations", "stack.replica.memory", 90e6),
            Served("site-8001", 200, 0.02), Served("site-8002", 180, 0.03), Served("site-8003", 190, 0.03));

        var page = await dashboard.OpenAsync("/");

        page.QuerySelectorAll("tr[data-replica]").Select(r => r.GetAttribute("data-replica")).ShouldBe(["site-8001", "site-8002", "site-8003"]);
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Nothing stands out: 3 replicas, all alike");
        page.QuerySelectorAll(".hint").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_failed_and_what_has_no_line_here_are_told_as_trouble()
    {
        var dead = Sample.Resource("redis", "Executable", Sample.Replica("redis", 6379, "Fatal", "Dead") with { Reason = "5 failures in a row" });
        var crashed = Sample.Replica("site-8002", 8002, "Exited", "Unknown") with { LastExit = "exit code 134", Reason = "exit code 134", EndedAt = Now };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Job("migrations", exitCode: 3), dead, Sample.Site(Sample.Replica("site-8001", 8001), crashed));
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        page.QuerySelector(".verdict")!.GetAttribute("data-tone").ShouldBe("bad");
        page.QuerySelectorAll(".verdict li").Select(Words).ShouldBe(
            ["migrations Exited: exit code 3", "redis Fatal: 5 failures in a row", "site-8002 Exited: exit code 134"], ignoreOrder: true);
        page.QuerySelector(".verdict li a[href='/consolelogs/resource/migrations']").ShouldNotBeNull();
        page.QuerySelectorAll("tr[data-replica]").Select(r => r.GetAttribute("data-replica")).ShouldBe(["site-8001", "site-8002"]);
        page.QuerySelector("tr[data-replica=site-8002] .chip")!.GetAttribute("data-tone").ShouldBe("bad");
        Text(page, "tr[data-replica=site-8002] .life").ShouldBe("Exited");
    }

    [Fact]
    public async Task With_nothing_but_jobs_the_page_says_where_they_are()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Job("migrations"));
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");

        Text(page, ".empty").ShouldBe("Nothing runs that serves requests What there is stands on the Resources page.");
    }

    [Fact]
    public async Task A_worker_without_address_is_not_told_to_count_requests()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Resource("worker", "Project", Sample.Replica("worker")));
        await using var dashboard = await ConnectAsync();
        await SendAsync(dashboard, Served("site-8001", 200, 0.02), Served("site-8002", 180, 0.03));

        var page = await dashboard.OpenAsync("/");

        page.QuerySelectorAll(".hint").ShouldBeEmpty();
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Nothing stands out: 3 replicas");
    }

    [Fact]
    public async Task Alone_the_instances_come_from_what_they_sent()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        (await dashboard.OpenAsync("/")).QuerySelector(".empty h2")!.TextContent.ShouldBe("Nothing has sent requests yet");

        await SendAsync(dashboard, Served("shop-10", 120, 0.02, "shop"), Served("shop-9", 130, 0.02, "shop"));

        var page = await dashboard.OpenAsync("/");
        page.QuerySelectorAll("tbody:not(.total) th").Select(Words).ShouldBe(["shop-9", "shop-10"]);
        page.QuerySelectorAll(".chip, .strip, .gateway, a[href^='/consolelogs']").ShouldBeEmpty();
        page.QuerySelectorAll("thead th").Select(Words).ShouldNotContain("Gateway sent");
    }

    [Fact]
    public async Task Missing_figures_say_what_to_do()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/");
        page.QuerySelector(".hint")!.TextContent.ShouldStartWith("No requests in this time.");
        page.QuerySelector(".verdict h2")!.TextContent.Trim().ShouldBe("Nothing stands out: 2 replicas, no requests yet");

        var batch = new TelemetryBatch();
        batch.Add(SentRequests.Gateway(Now.AddSeconds(-20), 0.02, 200, new GatewayTry("site-8001", 200, 0.02)));
        await StoreAsync(dashboard, batch);
        (await dashboard.OpenAsync("/")).QuerySelector(".hint")!.TextContent.ShouldStartWith("The gateway sends requests here, but the site does not count them");
    }

    [Fact]
    public async Task Without_resources_and_without_AppHost_the_page_says_so()
    {
        var host = await FakeAppHost.StartAsync(Socket);
        await using (var empty = await ConnectAsync())
        {
            (await empty.OpenAsync("/")).QuerySelector(".empty h2")!.TextContent.ShouldBe("The AppHost declares no resources");
        }

        await host.DisposeAsync();
        await using var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => h.GetProperty("title").GetString()!.StartsWith("No AppHost", StringComparison.Ordinal));
        (await dashboard.OpenAsync("/")).QuerySelector("#overview .banner[role=alert] strong")!.TextContent.ShouldBe("No connection to the AppHost.");
    }

    [Fact]
    public async Task The_live_stream_tells_when_to_fetch_the_fragment_anew()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SendAsync(dashboard, Served("site-8001", 120, 0.02));
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health,tick");

        await live.NextAsync("tick");

        var fragment = await dashboard.OpenAsync("/fragments/overview?range=1h");
        fragment.QuerySelector("nav").ShouldBeNull();
        fragment.QuerySelector("#overview tr[data-replica=site-8001] .figure")!.GetAttribute("href").ShouldBe("/metrics/resource/site-8001/meter/Microsoft.AspNetCore.Hosting/instrument/http.server.request.duration?range=1h");
    }

    [Fact]
    public async Task Hostile_names_stay_names()
    {
        const string Evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>/../?a=b&c";
        var replica = Sample.Replica("evil-1", 1) with { Name = Evil, Reason = Evil, LastExit = Evil, Restarts = 1, StartedAt = Now.AddSeconds(-30) };
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Resource(Evil, "Project", replica) with { Trouble = Evil });
        await using var dashboard = await ConnectAsync();
        var batch = new TelemetryBatch();
        batch.Add(Served(Evil, 200, 0.02, Evil));
        batch.Add(SentRequests.Gateway(Now.AddSeconds(-20), 0.02, 200, new GatewayTry(Evil, 200, 0.02)));
        await StoreAsync(dashboard, batch);

        var page = await dashboard.OpenAsync("/");

        page.QuerySelectorAll("main script, main img").ShouldBeEmpty();
        page.QuerySelectorAll("main [style]").ShouldBeEmpty();
        page.QuerySelectorAll("main a").ShouldAllBe(a => a.GetAttribute("href")!.StartsWith('/') && !a.GetAttribute("href")!.StartsWith("//"));
        page.QuerySelector(".who a")!.TextContent.ShouldBe(Evil);
        page.QuerySelector(".who a")!.GetAttribute("href").ShouldBe("/consolelogs/resource/" + Uri.EscapeDataString(Evil));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static PointDraft Served(string instance, int count, double seconds, string service = "site") =>
        new SentRequests(instance, service) { Start = Now.AddSeconds(-50) }.After(Now.AddSeconds(-20), Enumerable.Repeat(seconds, count));

    private static Task SendAsync(TestDashboard dashboard, params PointDraft[] points)
    {
        var batch = new TelemetryBatch();
        foreach (var point in points)
        {
            batch.Add(point);
        }

        return StoreAsync(dashboard, batch);
    }

    private static async Task StoreAsync(TestDashboard dashboard, TelemetryBatch batch)
    {
        var budget = dashboard.Service<QueueBudget>();
        budget.TryTake(batch.Count, batch.Bytes).ShouldBeTrue();
        dashboard.Service<TelemetryStore>().Add(batch);
        await OpenStore.UntilAsync(() => budget.Records == 0, "the commit");
    }

    private static string Text(IParentNode page, string selector) => Words(page.QuerySelector(selector) ?? throw new InvalidOperationException($"Nothing is at '{selector}'."));

    private static string Words(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<TestDashboard> ConnectAsync()
    {
        var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        return dashboard;
    }
}
