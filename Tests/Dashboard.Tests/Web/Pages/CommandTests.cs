using System.Net;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web.Pages;

/// <summary>Commands from the pages: asked before, given with a form, noted in the audit and in the store, refused in the AppHost's words.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Restart = "/resources/command?name=site-8001&command=restart&return=%2Fresources%3Fq%3Dsite";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Command_is_asked_for_then_given_and_leads_back_to_where_it_came_from()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        var question = await dashboard.OpenAsync(Restart);
        using var answer = await dashboard.SubmitAsync(question);

        question.QuerySelector("h1")!.TextContent.ShouldBe("Restart site-8001");
        question.QuerySelector(".said")!.TextContent.ShouldBe("'site-8001' gets no more requests, is stopped, and is started again.");
        host.Commands.ShouldBe(["site-8001/restart"]);
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.ToString().ShouldBe("/resources?q=site");
        var entry = Audit(dashboard).ShouldHaveSingleItem();
        (entry.Role, entry.Address, entry.Command, entry.Target, entry.Outcome, entry.Message).ShouldBe(("operator", "127.0.0.1", "restart", "site-8001", "Done", null));
    }

    [Theory]
    [InlineData("start", "site", "site/start")]
    [InlineData("stop", "site-8001", "site-8001/stop")]
    [InlineData("roll", "site", "site/roll")]
    [InlineData("purge cache", "site", "site/commands/purge cache")]
    [InlineData("deploy", "site", "site/commands/deploy")]
    [InlineData("down", "site", "site/commands/down")]
    public async Task Commands_go_where_the_AppHost_expects_them(string command, string target, string expected)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.SubmitAsync(await dashboard.OpenAsync($"/resources/command?name={target}&command={Uri.EscapeDataString(command)}"))).Dispose();

        host.Commands.ShouldBe([expected]);
    }

    [Fact]
    public async Task Scale_takes_the_number_of_the_form()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        var question = await dashboard.OpenAsync("/resources/command?name=site&command=scale&replicas=3");
        question.QuerySelector("input[name=replicas]")!.GetAttribute("value").ShouldBe("3");

        (await dashboard.SubmitAsync(question, ("replicas", "6"))).Dispose();

        host.Commands.ShouldBe(["site/scale {\"replicas\":6}"]);
        Audit(dashboard).ShouldHaveSingleItem().Command.ShouldBe("scale to 6");
    }

    [Fact]
    public async Task Roll_back_goes_to_the_release_that_is_chosen_and_offers_the_one_before_first()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2) with { Release = "v3" });
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        const string Address = "/resources/command?name=site&command=rollback";
        (await dashboard.OpenAsync(Address)).QuerySelector("[role=alert]")!.TextContent.ShouldBe("'site' has no other release to go to.");
        host.Releases = new ReleaseList { Resource = "site", Current = "v3", Previous = "v1", Releases = [Release("v3", current: true), Release("v2"), Release("v1", previous: true), Release("build")] };

        var question = await dashboard.OpenAsync(Address);
        question.QuerySelectorAll("select[name=release] option").Select(o => o.TextContent).ShouldBe(["v1", "v2", "build"]);
        (await dashboard.SubmitAsync(question, ("release", "v2"))).Dispose();

        question.QuerySelector("h1")!.TextContent.ShouldBe("Roll back site");
        host.Commands.ShouldBe(["site/rollback {\"to\":\"v2\"}"]);
        Audit(dashboard).ShouldHaveSingleItem().Command.ShouldBe("rollback to v2");
        (await dashboard.OpenAsync("/resources?resource=site")).QuerySelectorAll(".commands a").Select(a => a.TextContent).ShouldContain("Roll back");
    }

    [Fact]
    public async Task Question_says_what_a_command_costs()
    {
        var site = Sample.Site(Sample.Replica("site-8001", 8001) with { Traffic = "In" }, Sample.Replica("site-8002", 8002, "Backoff", "Unknown")) with
        {
            Rollout = new RolloutStatus { State = "Running", What = "roll", Replica = "site-8002" },
        };
        await using var host = await FakeAppHost.StartAsync(Socket, site);
        host.Describe(Details("site-8001", new CommandDetails { Name = "purge", DisplayName = "Purge <b>", Description = "Empties the cache.", Confirmation = "Really empty it?", State = "Enabled" }));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.OpenAsync("/resources/command?name=site-8001&command=stop")).QuerySelectorAll(".said").Select(p => p.TextContent).ShouldBe(
        [
            "'site-8001' gets no more requests, is stopped, and stays so until it is started.",
            "Nothing else of it is ready: requests are refused meanwhile.",
            "'site' is being changed just now: roll, at 'site-8002'.",
        ]);
        var purge = await dashboard.OpenAsync("/resources/command?name=site-8001&command=purge");
        purge.QuerySelector("h1")!.TextContent.ShouldBe("Purge <b> site-8001");
        purge.QuerySelectorAll(".said").Take(2).Select(p => p.TextContent).ShouldBe(["Empties the cache.", "Really empty it?"]);
        host.Commands.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(409, "'site' is being changed: roll (by command), now at 'site-8003'. Try again when that has ended; 'stack stop site' ends it, and every replica with it.", "Busy", null, "Refused")]
    [InlineData(422, "The setting 'replicas' takes a number of 0 or more.", "Invalid", "replicas", "Refused")]
    [InlineData(409, "The roll is frozen at 'site-8002': it did not get ready within 60 s.", "Failed", null, "Failed")]
    public async Task Refusal_is_noted_word_by_word(int status, string detail, string kind, string? setting, string expected)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Refuse(status, detail, kind, setting);
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.SubmitAsync(await dashboard.OpenAsync(Restart))).Dispose();

        var entry = Audit(dashboard).ShouldHaveSingleItem();
        (entry.Outcome, entry.Message).ShouldBe((expected, detail));
    }

    [Fact]
    public async Task Command_that_takes_long_goes_on_without_its_browser()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        var finish = new TaskCompletionSource<ControlProblem?>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Answer = token => finish.Task.WaitAsync(token);
        host.Said = "All replicas were restarted.";
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");

        using var answer = await dashboard.SubmitAsync(await dashboard.OpenAsync("/resources/command?name=site&command=roll"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        Audit(dashboard).ShouldHaveSingleItem().Outcome.ShouldBe("Running");
        finish.SetResult(null);
        await live.NextAsync("health", _ => Audit(dashboard)[0] is { Outcome: "Done", Message: "All replicas were restarted." });
    }

    [Fact]
    public async Task AppHost_that_goes_in_the_middle_leaves_the_outcome_unknown()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Answer = async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        };
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        (await dashboard.SubmitAsync(await dashboard.OpenAsync("/resources/command?name=site&command=roll"))).Dispose();

        await host.DisposeAsync();

        await live.NextAsync("health", _ => Audit(dashboard)[0].Outcome != "Running");
        Audit(dashboard)[0].Outcome.ShouldBe("Unknown", Audit(dashboard)[0].Message);
        Audit(dashboard)[0].Message.ShouldStartWith("The connection to the AppHost broke before the answer came; what was begun goes on.");
    }

    [Fact]
    public async Task Without_a_connection_the_reason_takes_the_place_of_the_button()
    {
        var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        var question = await dashboard.OpenAsync(Restart);
        await using (var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health"))
        {
            await host.DisposeAsync();
            await live.NextAsync("health", h => h.GetProperty("stale").GetBoolean());
        }

        using var answer = await dashboard.SubmitAsync(question);

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        Audit(dashboard).ShouldBeEmpty();
        var again = await dashboard.OpenAsync(Restart);
        again.QuerySelector("button.primary, input[name=command]").ShouldBeNull();
        again.QuerySelector("[role=alert]")!.TextContent.ShouldMatch(@"^The connection to the AppHost is lost since \d\d:\d\d:\d\d: no command can be given\. ");
    }

    [Fact]
    public async Task Alone_there_is_nothing_to_command()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        (await dashboard.OpenAsync(Restart)).QuerySelector("[role=alert]")!.TextContent.ShouldBe("This dashboard runs alone, without an AppHost: there is nothing to command.");
    }

    [Fact]
    public async Task Operators_token_commands()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket, null, TestDashboard.Token);

        using var answer = await dashboard.SubmitAsync(await dashboard.OpenAsync(Restart));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        host.Commands.ShouldBe(["site-8001/restart"]);
        Audit(dashboard).ShouldHaveSingleItem().Role.ShouldBe("operator");
    }

    [Fact]
    public async Task Viewers_token_reads_and_commands_nothing()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket, null, ConnectedDashboard.ViewerToken);
        await dashboard.OpenAsync("/resources");

        var question = await dashboard.OpenAsync(Restart);
        question.QuerySelector("button.primary, input[name=command]").ShouldBeNull();
        question.QuerySelector("[role=alert]")!.TextContent.ShouldBe("Your token only reads. Sign in with the operator's token to give commands.");

        // The form made by hand: its token comes from another form of the page.
        var token = question.QuerySelector("form[action='/logout'] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var answer = await dashboard.Browser.PostAsync("/resources/command", new FormUrlEncodedContent(
        [
            new("__RequestVerificationToken", token), new("name", "site-8001"), new("command", "stop"),
        ]));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        host.Commands.ShouldBeEmpty();
        var entry = Audit(dashboard).ShouldHaveSingleItem();
        (entry.Role, entry.Command, entry.Target, entry.Outcome).ShouldBe(("viewer", "stop", "site-8001", "Forbidden"));
    }

    [Fact]
    public async Task Without_sign_in_a_command_leads_to_the_login()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await TestDashboard.StartSecuredAsync(Socket);

        using var answer = await dashboard.Browser.PostAsync("/resources/command", new FormUrlEncodedContent([new("name", "site"), new("command", "stop")]));

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        new Uri(dashboard.Url, answer.Headers.Location!).AbsolutePath.ShouldBe("/login");
        host.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task Form_of_another_site_is_refused()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        using var without = await dashboard.Browser.PostAsync("/resources/command", new FormUrlEncodedContent([new("name", "site"), new("command", "stop")]));
        using var json = await dashboard.Browser.PostAsync("/resources/command", new StringContent("{}"));

        without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        json.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        host.Commands.ShouldBeEmpty();
        Audit(dashboard).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    public async Task Way_back_never_leads_elsewhere(string url)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        using var answer = await dashboard.SubmitAsync(await dashboard.OpenAsync(Restart), ("return", url));

        answer.Headers.Location!.ToString().ShouldBe("/resources?resource=site-8001");
    }

    [Fact]
    public async Task Audit_outlives_the_dashboard_and_what_had_no_answer_is_unknown()
    {
        await using (var first = await TestDashboard.StartAsync(folder: _folder.FullName))
        {
            var audit = first.Service<TelemetryStore>().Catalogue.Audit;
            audit.Finish(audit.Add(new AuditEntry(DateTimeOffset.UnixEpoch, "operator", "::1", "roll", "site", "Running", null)), "Done", "It went well.");
            audit.Add(new AuditEntry(DateTimeOffset.UnixEpoch.AddHours(1), "operator", "::1", "stop", "site", "Running", null));
        }

        await using var second = await TestDashboard.StartAsync(folder: _folder.FullName);

        Audit(second).Select(e => (e.Time, e.Command, e.Outcome, e.Message)).ShouldBe(
        [
            (DateTimeOffset.UnixEpoch.AddHours(1), "stop", "Unknown", "The dashboard ended before the answer came."),
            (DateTimeOffset.UnixEpoch, "roll", "Done", "It went well."),
        ]);
    }

    [Fact]
    public async Task Command_is_a_log_record_of_what_it_was_given_to()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Refuse(409, "Somebody else holds it.", "Busy");
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        (await dashboard.SubmitAsync(await dashboard.OpenAsync(Restart))).Dispose();
        await dashboard.WaitForResourceAsync("site-8001");

        var found = await dashboard.Service<LogQueries>().FindAsync(new LogFilter { Resources = ["site-8001"] }, CancellationToken.None);
        var row = found.Rows.ShouldHaveSingleItem();
        row.Body.ShouldBe("Command 'restart' on 'site-8001' by operator from 127.0.0.1: Refused. Somebody else holds it.");
        (row.Service, row.InstanceId, row.Severity, row.Scope).ShouldBe(("site", "site-8001", 13, StackJournal.Scope));
    }

    private static IReadOnlyList<AuditEntry> Audit(TestDashboard dashboard) => dashboard.Service<CommandDesk>().Audit(100, null);

    private static ReleaseInfo Release(string name, bool current = false, bool previous = false) => new() { Name = name, Current = current, Previous = previous, Replicas = [] };

    private static ResourceDetails Details(string name, params CommandDetails[] commands) =>
        new() { Name = name, Resource = "site", Relationships = [], Commands = commands, Replicas = [] };
}
