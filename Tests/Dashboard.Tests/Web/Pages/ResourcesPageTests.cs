using System.Net;
using AngleSharp.Dom;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class ResourcesPageTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_replica_has_a_line_with_all_there_is_to_know()
    {
        var broken = Sample.Replica("site-8002", 8002, "Backoff", "Unknown") with
        {
            Restarts = 4, LastExit = "exit code 3", Reason = "ended 0.4 s after its start", Rss = null, Traffic = "Out",
            NextAttemptAt = TimeProvider.System.GetUtcNow().AddMinutes(5),
        };
        var sick = Sample.Replica("site-8003", 8003, health: "NotReady") with { HealthReason = "site_health: answered 503", Cpu = 1.236 };
        await using var host = await FakeAppHost.StartAsync(
            Socket, Sample.Site(Sample.Replica("site-8001", 8001) with { Traffic = "In", Cpu = 0.5 }, broken, sick) with { Source = "Site", Release = "20261128-v1" }, Sample.Nginx());
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var page = await dashboard.OpenAsync("/resources");

        page.QuerySelector("#resources thead")!.QuerySelectorAll("th").Select(Text).ShouldBe(
            ["Name", "State", "Health", "Traffic", "URL", "Source", "PID", "Uptime", "Restarts", "CPU", "Memory", "Pages and commands"]);
        Cells(page, "site-8001").ShouldBe(["site-8001", "Running", "Ready", "In", "127.0.0.1:8001", "", "5001", "3h 12m", "0", "50 %", "105 MB"]);
        var cells = Cells(page, "site-8002");
        cells[1].ShouldStartWith("Backoff exit code 3 ended 0.4 s after its start next try in 4m 5");
        cells[2..].ShouldBe(["Unknown", "Out", "127.0.0.1:8002", "", "–", "–", "4", "–", "–"]);
        Cells(page, "site-8003")[2].ShouldBe("Not ready site_health: answered 503");
        page.QuerySelectorAll("tr[data-sum=site] > *:not(.acts)").Select(Text).ShouldBe(
            ["site Project", "Running", "1 of 3 ready", "1 in", "–", "Site 20261128-v1", "", "", "4", "174 %", "210 MB"]);
        page.QuerySelector("tr[data-replica=site-8001] .url a")!.GetAttribute("href").ShouldBe("http://127.0.0.1:8001");
        page.QuerySelector("tr[data-replica=nginx] .url a")!.GetAttribute("href").ShouldBe("http://localhost:8080");
        page.QuerySelector("#pulse")!.TextContent.Trim().ShouldBe("2 of 4 ready");
        page.QuerySelectorAll("tr[data-replica=site-8001] a.act").Select(a => a.GetAttribute("href")).ShouldBe(
        [
            "/resources/command?name=site-8001&command=restart&return=%2Fresources", "/resources/command?name=site-8001&command=stop&return=%2Fresources",
            "/consolelogs/resource/site-8001", "/structuredlogs/resource/site-8001",
        ]);
        page.QuerySelectorAll("tr[data-sum=site] a[data-command]").Select(a => a.GetAttribute("href")!.Split("&return")[0]).ShouldBe(
        [
            "/resources/command?name=site&command=roll", "/resources/command?name=site&command=scale&replicas=4", "/resources/command?name=site&command=scale&replicas=2",
        ]);
    }

    [Fact]
    public async Task A_job_shows_how_it_ended_and_when_it_ran()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Job("migrations"), Sample.Job("import", exitCode: 3), Sample.Site(1));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var page = await dashboard.OpenAsync("/resources?resource=import");

        var (well, failed) = (Cells(page, "migrations"), Cells(page, "import"));
        well[1].ShouldMatch(@"^Exited exit code 0 ran 3 s until \d\d:\d\d:\d\d$");
        well[2].ShouldBe("Done");
        well[7].ShouldBe("–");
        page.QuerySelector("tr[data-replica=migrations] .chip")!.GetAttribute("data-tone").ShouldBe("off");
        failed[1].ShouldMatch(@"^Exited exit code 3 ran 3 s until \d\d:\d\d:\d\d$");
        failed[2].ShouldBe("Unknown");
        page.QuerySelector("tr[data-replica=import] .chip")!.GetAttribute("data-tone").ShouldBe("bad");
        Text(page.QuerySelector("#details")!).ShouldMatch(@"Last exit exit code 3Last process ran 3 s until \d\d:\d\d:\d\d");
        page.QuerySelector("#pulse")!.TextContent.Trim().ShouldBe("1 of 2 ready");
    }

    [Theory]
    [InlineData("", "site-8001 site-8002 site-8010 nginx worker")]
    [InlineData("?q=SITE", "site-8001 site-8002 site-8010")]
    [InlineData("?q=site+8002", "site-8002")]
    [InlineData("?q=broken", "site-8002")]
    [InlineData("?type=Nginx", "nginx")]
    [InlineData("?state=Backoff", "site-8002")]
    [InlineData("?state=NotReady", "site-8010")]
    [InlineData("?state=Fatal&type=Project", "")]
    [InlineData("?sort=name", "nginx site-8001 site-8002 site-8010 worker")]
    [InlineData("?sort=-memory&type=Project", "site-8010 site-8001 site-8002")]
    [InlineData("?sort=-restarts&q=site", "site-8002 site-8001 site-8010")]
    [InlineData("?sort=nonsense", "site-8001 site-8002 site-8010 nginx worker")]
    [InlineData("?sort=-", "site-8001 site-8002 site-8010 nginx worker")]
    public async Task Table_is_filtered_and_sorted_by_its_address(string query, string expected)
    {
        await using var host = await FakeAppHost.StartAsync(
            Socket,
            Sample.Site(
                Sample.Replica("site-8010", 8010, health: "NotReady") with { Rss = 300L << 20 },
                Sample.Replica("site-8001", 8001),
                Sample.Replica("site-8002", 8002, "Backoff", "Unknown") with { Restarts = 2, Reason = "It is Broken.", Rss = null }),
            Sample.Nginx(),
            Sample.Resource("worker", "Executable", Sample.Replica("worker", null, "Fatal", "Unknown")));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        foreach (var path in new[] { "/resources", "/fragments/resources" })
        {
            var page = await dashboard.OpenAsync(path + query);
            string.Join(' ', page.QuerySelectorAll("#resources tr[data-replica]").Select(r => r.GetAttribute("data-replica"))).ShouldBe(expected);
            page.QuerySelectorAll(".empty").Length.ShouldBe(expected.Length == 0 ? 1 : 0);
        }
    }

    [Fact]
    public async Task What_is_chosen_stays_chosen_in_every_link()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var page = await dashboard.OpenAsync("/resources?q=site&state=Running&sort=-cpu&resource=site-8002");

        page.QuerySelector("tr[data-replica=site-8001] th a")!.GetAttribute("href").ShouldBe("/resources?q=site&state=Running&sort=-cpu&resource=site-8001");
        page.QuerySelector("tr[aria-selected] th a")!.GetAttribute("href").ShouldBe("/resources?q=site&state=Running&sort=-cpu");
        page.QuerySelector("th[aria-sort=descending] a")!.GetAttribute("href").ShouldBe("/resources?q=site&state=Running&sort=cpu&resource=site-8002");
        page.QuerySelectorAll(".tabs a").Select(a => a.GetAttribute("href")).ShouldBe(
        [
            "/resources?q=site&state=Running&sort=-cpu&resource=site-8002", "/resources?view=graph&q=site&state=Running&sort=-cpu&resource=site-8002",
            "/resources?view=audit&q=site&state=Running&sort=-cpu&resource=site-8002",
        ]);
        page.QuerySelector("input[name=q]")!.GetAttribute("value").ShouldBe("site");
        page.QuerySelector("select[name=state] option[selected]")!.GetAttribute("value").ShouldBe("Running");
        page.QuerySelectorAll("form.tools input[type=hidden]").Select(i => $"{i.GetAttribute("name")}={i.GetAttribute("value")}").ShouldBe(["sort=-cpu", "resource=site-8002"]);
    }

    [Fact]
    public async Task Details_show_all_that_the_AppHost_tells_of_a_replica()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(Sample.Replica("site-8001", 8001) with { LastExit = "signal KILL", Traffic = "In" }, Sample.Replica("site-8002", 8002)));
        host.Describe(Sample.Details("site-8001", "site"));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var pane = (await dashboard.OpenAsync("/resources?resource=site-8001")).QuerySelector("#details")!;

        pane.QuerySelector("h2")!.TextContent.ShouldBe("site-8001");
        pane.QuerySelectorAll(".details-links a").Select(a => a.GetAttribute("href")).ShouldBe(
            ["/consolelogs/resource/site-8001", "/structuredlogs/resource/site-8001", "/traces?resource=site-8001", "/metrics/resource/site-8001"]);
        pane.QuerySelectorAll(".moves li").Select(Text).ShouldBe(
        [
            "00:00:30.000 Running, Ready, gets requests", "00:00:20.000 Starting", "00:00:10.250 Waiting a slot to start in",
        ]);
        pane.QuerySelectorAll(".reports li").Select(Text).ShouldBe(["Healthy site_health answered 200", "Not yet db"]);
        pane.QuerySelectorAll("section").Single(s => Text(s).StartsWith("Relationships", StringComparison.Ordinal)).QuerySelectorAll("li").Select(Text).ShouldBe(["refers to redis", "is waited for by nginx"]);
        pane.QuerySelectorAll(".variables > div").Select(Text).ShouldBe(["API_KEY ******", "GREETING hello", "PATH /bin"]);
        pane.QuerySelector(".inherited summary")!.TextContent.ShouldBe("1 more variables, inherited");
        pane.QuerySelector("dd.masked")!.TextContent.ShouldBe("******");
        pane.QuerySelector(".last-words")!.TextContent.ShouldBe("Unhandled exception.\n   at Main()");
        pane.QuerySelectorAll("dl:not(.variables) > div").Select(Text).ShouldContain("Last exit signal KILL");
        pane.QuerySelectorAll("ul a[target]").Select(a => a.GetAttribute("href")).ShouldBe(["http://127.0.0.1:8001"]);
        pane.QuerySelectorAll(".commands > *").Select(c => (Text(c), c.GetAttribute("href")?.Split("&return")[0])).ShouldBe(
        [
            ("Stop", "/resources/command?name=site-8001&command=stop"), ("Purge cache", "/resources/command?name=site-8001&command=purge"), ("Rebuild", null),
        ]);
        pane.QuerySelector(".relatives a")!.GetAttribute("href").ShouldBe("/resources?resource=site");
    }

    [Fact]
    public async Task Details_of_several_replicas_have_the_moves_of_all_and_the_reports_of_those_that_are_not_well()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        var one = Sample.Details("site-8001", "site").Replicas[0] with { Environment = null };
        host.Describe(Sample.Details("site", "site") with
        {
            Replicas = [one, one with { Name = "site-8002", Moves = [one.Moves[0] with { Time = DateTimeOffset.UnixEpoch.AddSeconds(25), State = "Fatal", Health = "Unknown", Reason = "It failed 10 times." }] }],
        });
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var pane = (await dashboard.OpenAsync("/resources?resource=site")).QuerySelector("#details")!;

        pane.QuerySelectorAll(".reports li").Select(Text).ShouldBe(["Not yet site-8001: db", "Not yet site-8002: db"]);
        pane.QuerySelectorAll(".moves li").Select(Text).ShouldBe(
        [
            "00:00:30.000 site-8001 Running, Ready, gets requests", "00:00:25.000 site-8002 Fatal, gets requests It failed 10 times.", "00:00:20.000 site-8001 Starting",
            "00:00:10.250 site-8001 Waiting a slot to start in",
        ]);
        pane.QuerySelectorAll(".variables, .last-words").ShouldBeEmpty();
    }

    [Fact]
    public async Task Details_of_what_is_not_there_or_not_told_say_so()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.OpenAsync("/resources?resource=%3Cb%3E")).QuerySelector("#details p")!.TextContent.ShouldBe("There is no resource or replica '<b>' now.");
        var site = (await dashboard.OpenAsync("/resources?resource=site")).QuerySelector("#details")!;
        site.QuerySelectorAll(".relatives a").Select(Text).ShouldBe(["site-8001", "site-8002"]);
        site.QuerySelectorAll(".commands a").Select(Text).ShouldContain("Scale");
        site.QuerySelector("p:last-of-type")!.TextContent.ShouldBe("The AppHost has told no more of it.");
    }

    [Fact]
    public async Task Details_stay_when_the_AppHost_is_lost_and_commands_tell_why_they_can_not_be_given()
    {
        var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Describe(Sample.Details("site-8001", "site"));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        await dashboard.OpenAsync("/resources?resource=site-8001");
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await host.DisposeAsync();
        await live.NextAsync("health", h => h.GetProperty("stale").GetBoolean());

        var page = await dashboard.OpenAsync("/resources?resource=site-8001");

        page.QuerySelectorAll(".moves li").Length.ShouldBe(3);
        page.QuerySelectorAll("[data-command]").ShouldBeEmpty();
        page.QuerySelectorAll(".commands [aria-disabled]").ShouldAllBe(c => c.GetAttribute("title")!.StartsWith("The connection to the AppHost is lost since "));
        page.QuerySelectorAll("tr[data-replica=site-8001] [aria-disabled]").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Viewer_is_offered_no_command()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Describe(Sample.Details("site-8001", "site"));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket, null, ConnectedDashboard.ViewerToken);

        foreach (var path in new[] { "/resources?resource=site-8001", "/fragments/resources?resource=site-8001", "/resources?view=graph&resource=site" })
        {
            var page = await dashboard.OpenAsync(path);
            page.QuerySelectorAll("[data-command], .commands, .act[aria-disabled]").ShouldBeEmpty();
            page.QuerySelector("#details").ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Refusal_stands_on_the_page_word_by_word_and_in_the_audit()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Refuse(409, "'site' is being changed: roll (by <command>), now at 'site-8002'.", "Busy");
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.SubmitAsync(await dashboard.OpenAsync("/resources/command?name=site&command=roll"))).Dispose();

        var note = (await dashboard.OpenAsync("/resources")).QuerySelector("#resources .banner")!;
        Text(note).ShouldStartWith("'roll' of site was refused; nothing was done. 'site' is being changed: roll (by <command>), now at 'site-8002'.");
        note.GetAttribute("data-tone").ShouldBe("warn");
        var audit = await dashboard.OpenAsync("/resources?view=audit");
        audit.QuerySelectorAll("table.audit tbody td").Skip(1).Select(Text).ShouldBe(
            ["operator 127.0.0.1", "roll", "site", "Refused", "'site' is being changed: roll (by <command>), now at 'site-8002'."]);
    }

    [Fact]
    public async Task Audit_has_pages_and_says_when_it_is_empty()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        (await dashboard.OpenAsync("/resources?view=audit")).QuerySelector(".empty h2")!.TextContent.ShouldBe("No command has been given from here");
        var table = dashboard.Service<TelemetryStore>().Catalogue.Audit;
        for (var i = 1; i <= 150; i++)
        {
            table.Add(new AuditEntry(DateTimeOffset.UnixEpoch.AddMinutes(i), "operator", "::1", "restart", $"site-{i}", "Done", null));
        }

        var newest = await dashboard.OpenAsync("/resources?view=audit");
        var older = await dashboard.OpenAsync(newest.QuerySelector(".older a")!.GetAttribute("href")!);

        newest.QuerySelectorAll("table.audit tbody tr").Length.ShouldBe(100);
        older.QuerySelectorAll("table.audit tbody td:nth-child(4)").Select(Text).ShouldBe(Enumerable.Range(1, 50).Reverse().Select(i => $"site-{i}"));
        older.QuerySelector(".older a")!.GetAttribute("href").ShouldBe("/resources?view=audit");
    }

    [Fact]
    public async Task Roll_out_shows_where_each_replica_is_and_why_it_froze()
    {
        var site = Sample.Site(
            Sample.Replica("site-8001", 8001) with { Traffic = "In" }, Sample.Replica("site-8002", 8002) with { Traffic = "Draining" }, Sample.Replica("site-8003", 8003, "Starting", "Unknown"),
            Sample.Replica("site-8004", 8004, health: "NotReady") with { Traffic = "Out" });
        await using var host = await FakeAppHost.StartAsync(Socket, site with { Rollout = new RolloutStatus { State = "Running", What = "roll", Replica = "site-8002" } });
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var running = (await dashboard.OpenAsync("/resources")).QuerySelector(".rollout")!;
        host.Change(site with { State = "RolloutFrozen", Rollout = new RolloutStatus { State = "Frozen", What = "roll", Replica = "site-8004", Reason = "It did not get ready within 60 s: site_health: answered 503" } }, "rollout");
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", _ => dashboard.Service<StackWatch>().Current.Find("site")!.State == "RolloutFrozen");
        var frozen = await dashboard.OpenAsync("/resources");

        Text(running.QuerySelector("p")!).ShouldBe("site: roll is under way at site-8002.");
        running.QuerySelectorAll("li").Select(Text).ShouldBe(["site-8001 ready", "site-8002 draining", "site-8003 starting", "site-8004 not ready"]);
        Text(running.QuerySelector("[aria-current=step] b")!).ShouldBe("site-8002");
        Text(frozen.QuerySelector(".rollout p")!).ShouldBe("site: roll is frozen at site-8004: It did not get ready within 60 s: site_health: answered 503");
        Text(frozen.QuerySelector("tr[data-sum=site] .chip")!).ShouldBe("Roll-out frozen");
    }

    [Fact]
    public async Task Own_resources_of_the_stack_are_apart_and_what_is_wrong_is_in_front()
    {
        var own = Sample.Resource("aspire-dashboard", "Executable", Sample.Replica("aspire-dashboard", 18888)) with { Hidden = true };
        await using var host = await FakeAppHost.StartAsync(Socket, own, Sample.Site(2), Sample.Nginx("http://localhost:8080") with { Trouble = "nginx does not accept <it>." });
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var page = await dashboard.OpenAsync("/resources");

        page.QuerySelector("#resources > .banner[role=alert]")!.TextContent.Trim().ShouldBe("nginx: nginx does not accept <it>.");
        page.QuerySelectorAll("details.own tr[data-replica]").Length.ShouldBe(1);
        page.QuerySelectorAll("#resources tr[data-replica]").Select(r => r.GetAttribute("data-replica")).ShouldBe(["site-8001", "site-8002", "nginx", "aspire-dashboard"]);
        page.QuerySelector("#pulse")!.TextContent.Trim().ShouldBe("3 of 3 ready");
    }

    [Fact]
    public async Task Change_is_told_by_the_live_stream_and_is_in_the_fragment()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
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
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());

        await host.DisposeAsync();

        var lost = await live.NextAsync("health", h => h.GetProperty("stale").GetBoolean() && h.GetProperty("title").GetString()!.StartsWith("No AppHost", StringComparison.Ordinal));
        lost.GetProperty("text").GetString()!.ShouldMatch(@"^as of \d\d:\d\d:\d\d$");
        var page = await dashboard.OpenAsync("/resources");
        page.QuerySelector("#resources")!.GetAttribute("data-stale").ShouldBe("true");
        page.QuerySelector("[role=alert] strong")!.TextContent.ShouldMatch(@"^The connection to the AppHost is lost\. Shown as of \d\d:\d\d:\d\d\.$");
        page.QuerySelector("[role=alert] p")!.TextContent.ShouldContain($"No AppHost listens on '{Socket}'.");
        Cells(page, "site-8001")[1].ShouldBe("Running");
        page.QuerySelectorAll("#resources time[data-count]").ShouldBeEmpty();

        await using var second = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        (await dashboard.OpenAsync("/resources")).QuerySelector("#resources")!.HasAttribute("data-stale").ShouldBeFalse();
    }

    [Fact]
    public async Task AppHost_that_was_never_there_is_said_so()
    {
        await using var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => h.GetProperty("title").GetString()!.StartsWith("No AppHost", StringComparison.Ordinal));

        var page = await dashboard.OpenAsync("/resources");

        page.QuerySelector("[role=alert] strong")!.TextContent.ShouldBe("No connection to the AppHost.");
        page.QuerySelectorAll("table").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/resources")]
    [InlineData("/resources?view=graph")]
    [InlineData("/resources?view=audit")]
    [InlineData("/resources?resource=EVIL&q=EVIL&type=EVIL&state=EVIL&sort=EVIL")]
    [InlineData("/resources/command?name=EVIL&command=EVIL&return=EVIL")]
    public async Task Hostile_texts_stay_texts(string path)
    {
        const string Evil = "\"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e</svg>";
        var replica = Sample.Replica("evil-1", 1) with { Name = Evil, Reason = Evil, HealthReason = Evil, LastExit = Evil, Url = "javascript:alert(3)", State = Evil, Traffic = Evil };
        var resource = Sample.Resource(Evil, Evil, replica, replica with { Name = "b" }) with
        {
            Urls = ["javascript:alert(4)"], Trouble = Evil, Source = Evil, Release = Evil, Gateway = Evil + "2", Relationships = [new(Evil + "3", Evil)],
            Rollout = new RolloutStatus { State = "Frozen", What = Evil, Replica = Evil, Reason = Evil },
        };
        await using var host = await FakeAppHost.StartAsync(Socket, resource);
        var details = Sample.Details(Evil, Evil);
        host.Describe(details with
        {
            Commands = [new CommandDetails { Name = Evil, DisplayName = Evil, Description = Evil, Confirmation = Evil, State = "Enabled" }],
            Replicas = [details.Replicas[0] with { LastWords = [Evil], Environment = [new VariableDetails(Evil, Evil, false, true)], HealthReports = [new HealthReportDetails(Evil, Evil, Evil)] }],
        });
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        dashboard.Service<TelemetryStore>().Catalogue.Audit.Add(new AuditEntry(DateTimeOffset.UnixEpoch, Evil, Evil, Evil, Evil, Evil, Evil));

        var page = await dashboard.OpenAsync(path.Replace("EVIL", Uri.EscapeDataString(Evil), StringComparison.Ordinal));

        page.QuerySelector("main")!.TextContent.ShouldContain(Evil);
        page.QuerySelectorAll("main script, main img, [style], style").ShouldBeEmpty();
        page.QuerySelectorAll("*").SelectMany(e => e.Attributes).ShouldAllBe(a => !a.Name.StartsWith("on"));
        page.QuerySelectorAll("main a").Select(a => a.GetAttribute("href")!).ShouldAllBe(a => a.StartsWith('/') || a == "http://127.0.0.1:8001");
    }

    [Fact]
    public async Task Empty_model_says_what_to_do()
    {
        await using var host = await FakeAppHost.StartAsync(Socket);
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.OpenAsync("/resources")).QuerySelector(".empty h2")!.TextContent.ShouldBe("The AppHost declares no resources");
    }

    [Fact]
    public async Task Alone_a_sender_without_an_instance_id_is_told_what_it_lacks()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        using var client = new HttpClient();
        using var content = new StringContent(
            """{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}""",
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await client.PostAsync(new Uri(dashboard.Service<Stack.Dashboard.Settings.Listeners>().OtlpHttp, "v1/logs"), content);
        await dashboard.WaitForResourceAsync("shop@127.0.0.1");

        var page = await dashboard.OpenAsync("/resources");

        page.QuerySelector("tr.nested th")!.TextContent.ShouldContain("shop@127.0.0.1");
        page.QuerySelector("tr.nested th .quiet")!.TextContent.ShouldContain("sends no service.instance.id");
    }

    [Fact]
    public async Task Alone_the_dashboard_lists_who_sent_telemetry_and_hides_what_only_an_AppHost_knows()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        (await dashboard.OpenAsync("/resources")).QuerySelector(".empty h2")!.TextContent.ShouldBe("Nothing has sent telemetry yet");

        await dashboard.SendLogsAsync(new SentLog("a", "site-8010"), new SentLog("b", "site-8002"), new SentLog("c", "1") { Service = "worker" });
        await dashboard.WaitForResourceAsync("worker-1");

        var page = await dashboard.OpenAsync("/resources");
        page.QuerySelectorAll("tr.nested th").Select(h => h.TextContent).ShouldBe(["site-8002", "site-8010", "worker-1"]);
        page.QuerySelectorAll("thead th").Select(h => h.TextContent).ShouldNotContain("State");
        page.QuerySelectorAll("nav a").Select(a => a.TextContent).ShouldBe(["Overview", "Resources", "Structured logs", "Traces", "Metrics"]);
        page.QuerySelector("#pulse").ShouldBeNull();
        var console = await dashboard.OpenAsync("/consolelogs", HttpStatusCode.NotFound);
        console.QuerySelector("main p")!.TextContent.ShouldBe("This dashboard runs alone, without an AppHost: it has telemetry only.");
    }

    private static List<string> Cells(IParentNode page, string replica) =>
    [
        .. page.QuerySelectorAll($"tr[data-replica='{replica}'] > *:not(.acts)").Select(Text),
    ];

    private static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
