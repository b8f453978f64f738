using System.Diagnostics;
using System.Text.Json;
using Stack.Cli;
using Stack.Hosting.Control.Contract;

namespace Cli.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("restart", "site", "POST /v1/site/restart", "site: restarted\n")]
    [InlineData("start", "site-8001", "POST /v1/site-8001/start", "site-8001: started\n")]
    [InlineData("stop", "site:site-8002", "POST /v1/site-8002/stop", "site-8002: stopped\n")]
    [InlineData("stop", "site:*", "POST /v1/site/stop", "site: stopped\n")]
    [InlineData("roll", "site:", "POST /v1/site/roll", "site: rolled\n")]
    [InlineData("restart", "SITE:SITE-8001", "POST /v1/SITE-8001/restart", "SITE-8001: restarted\n")]
    public async Task Command_goes_to_the_resource_or_replica_also_by_supervisords_names(string verb, string name, string request, string output)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers[request] = FakeAppHost.Json(200, "{\"message\":null}");

        var run = await appHost.RunAsync(verb, name);

        run.ShouldBe(new CliRun(0, output, ""));
        appHost.Requests.ShouldContain(request);
    }

    [Fact]
    public async Task Name_is_encoded_on_its_way()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/a%2Fb%2B%25/stop"] = FakeAppHost.Json(200, "{}");

        (await appHost.RunAsync("stop", "a/b+%")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Replica_of_another_resource_is_refused_before_anything_happens()
    {
        await using var appHost = await FakeAppHost.StartAsync();

        var run = await appHost.RunAsync("stop", "nginx:site-8001");

        run.ShouldBe(new CliRun(1, "", "The resource 'nginx' has no replica 'site-8001'. It has: nginx.\n"));
        appHost.Requests.ShouldBe(["GET /v1/status"]);
    }

    [Fact]
    public async Task Steps_of_a_roll_are_printed_once_each_and_then_what_the_AppHost_says()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var (first, second) = (Samples.Replica("site-8001", 1, 8001), Samples.Replica("site-8002", 2, 8002) with { Traffic = "In" });
        var site = Samples.Resource("site", replicas: [first, second]) with { Rollout = Samples.Rollout };
        appHost.Status = Samples.Stack(site with { Rollout = null });
        appHost.Answers["POST /v1/site/roll"] = async response =>
        {
            appHost.Publish("rollout", site);
            appHost.Publish("traffic", site with { Replicas = [first, second with { Traffic = "Draining" }] });
            appHost.Publish("state", site with { Replicas = [first, second with { Traffic = "Draining", Reason = "once more" }] });
            appHost.Publish("state", site with { Replicas = [first, second with { State = "Stopping", Traffic = "Out" }] });
            appHost.Publish("state", site with { Replicas = [first, second with { State = "Waiting", Health = "Unknown", Traffic = "Out" }] });
            appHost.Publish("state", site with { Replicas = [first, second with { State = "Starting", Health = "Unknown", Traffic = "Out" }] });
            appHost.Publish("state", site with { Replicas = [first, second with { Traffic = "Out" }] });
            appHost.Publish("rollout", site with { Rollout = null });
            appHost.Publish("state", site with { Rollout = null, Replicas = [first with { State = "Stopped" }, second] });
            await FakeAppHost.Json(200, "{\"message\":\"Both run the new release.\"}")(response);
        };

        (await appHost.RunAsync("roll", "site")).ShouldBe(new CliRun(
            0,
            """
            site-8002: draining
            site-8002: stopping
            site-8002: starting
            site-8002: ready, gets no requests yet
            site-8002: ready
            Both run the new release.

            """,
            ""));
    }

    [Fact]
    public async Task Replicas_that_a_scale_brings_or_takes_away_are_printed()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var (first, second) = (Samples.Replica("site-8001", 1, 8001), Samples.Replica("site-8002", 2, 8002));
        var site = Samples.Resource("site", replicas: [first]) with { Rollout = Samples.Rollout };
        appHost.Status = Samples.Stack(site with { Rollout = null });
        appHost.Answers["POST /v1/site/scale"] = async response =>
        {
            appHost.Publish("rollout", site);
            appHost.Publish("state", site with { Replicas = [first, second with { State = "Starting" }] });
            appHost.Publish("state", site with { Replicas = [first, second] });
            appHost.Publish("rollout", site);
            await FakeAppHost.Json(200, "{}")(response);
        };

        (await appHost.RunAsync("scale", "site=1")).ShouldBe(new CliRun(0, "site-8002: starting\nsite-8002: ready\nsite-8002: taken away\nsite: 1 replica\n", ""));
    }

    [Fact]
    public async Task Roll_that_freezes_exits_with_1_and_the_reason_after_its_steps()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var replica = Samples.Replica("site-8002", 1, 8002);
        var site = Samples.Resource("site", replicas: replica) with { Rollout = Samples.Rollout };
        appHost.Status = Samples.Stack(site with { Rollout = null });
        appHost.Answers["POST /v1/site/roll"] = async response =>
        {
            appHost.Publish("rollout", site);
            appHost.Publish("state", site with { Replicas = [replica with { State = "Starting" }] });
            appHost.Publish("rollout", site with { Replicas = [replica with { State = "Fatal" }], Rollout = Samples.Rollout with { State = "Frozen", Reason = "site-8002 did not get ready." } });
            await FakeAppHost.Json(409, """{"status":409,"title":"Conflict","detail":"site-8002 did not get ready.","outcome":"Failed"}""", "application/problem+json")(response);
        };

        (await appHost.RunAsync("roll", "site")).ShouldBe(new CliRun(1, "site-8002: starting\nsite-8002: fatal\n", "site-8002 did not get ready.\n"));
    }

    [Fact]
    public async Task Command_that_an_AppHost_ends_during_tells_so()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/restart"] = response =>
        {
            response.HttpContext.Abort();
            return Task.CompletedTask;
        };

        var run = await appHost.RunAsync("restart", "site");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith("The AppHost ended before it had answered: ");
    }

    [Fact]
    public async Task Scale_goes_from_one_resource_to_the_next_and_ends_at_the_first_that_fails()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/scale"] = FakeAppHost.Json(200, "{}");
        appHost.Answers["POST /v1/shop/scale"] = FakeAppHost.Json(
            422, """{"status":422,"title":"Unprocessable Content","detail":"Port 8005 belongs to 'site'.","outcome":"Invalid","setting":"replicas"}""", "application/problem+json");

        var run = await appHost.RunAsync("scale", "site=6", "shop:*=1", "nginx=2");

        run.ShouldBe(new CliRun(1, "site: 6 replicas\n", "Port 8005 belongs to 'site'.\n"));
        appHost.Requests.Where(r => r.StartsWith("POST", StringComparison.Ordinal)).ShouldBe(["POST /v1/site/scale {\"replicas\":6}", "POST /v1/shop/scale {\"replicas\":1}"]);
    }

    [Fact]
    public async Task Command_of_the_AppHosts_own_prints_its_answer()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/commands/re%2Findex"] = FakeAppHost.Json(200, "{\"message\":\"12 documents.\"}");
        appHost.Answers["POST /v1/site-8001/commands/flush"] = FakeAppHost.Json(200, "{}");

        (await appHost.RunAsync("command", "site", "re/index")).ShouldBe(new CliRun(0, "12 documents.\n", ""));
        (await appHost.RunAsync("command", "site:site-8001", "flush")).ShouldBe(new CliRun(0, "site-8001: flush is done\n", ""));
    }

    [Theory]
    [InlineData("Running", 3, "roll site: running\n")]
    [InlineData("Done", 0, "roll site: done\n")]
    [InlineData("Busy", 1, "roll site: busy: Recycling is under way.\n")]
    public async Task Command_that_is_not_waited_for_can_be_asked_after(string state, int exitCode, string output)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var operation = new Operation
        {
            Id = "abc", Command = "roll", Name = "site", State = state, StartedAt = Samples.Now, Message = state == "Busy" ? "Recycling is under way." : null,
        };
        var json = JsonSerializer.Serialize(operation, ControlJson.Default.Operation);
        appHost.Answers["POST /v1/site/roll?wait=false"] = FakeAppHost.Json(202, json);
        appHost.Answers["GET /v1/operations/abc"] = FakeAppHost.Json(200, json);

        (await appHost.RunAsync("roll", "site", "--no-wait")).ShouldBe(new CliRun(0, "abc\n", ""));
        (await appHost.RunAsync("operation", "abc")).ShouldBe(new CliRun(exitCode, output, ""));
        JsonDocument.Parse((await appHost.RunAsync("operation", "abc", "--json")).Out).RootElement.GetProperty("state").GetString().ShouldBe(state);
    }

    [Fact]
    public async Task Refusal_of_the_AppHost_is_printed_as_it_is()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["POST /v1/site/restart"] =
            FakeAppHost.Json(409, """{"status":409,"title":"Conflict","detail":"Replica 'site-8001' did not get ready."}""", "application/problem+json");

        (await appHost.RunAsync("restart", "site")).ShouldBe(new CliRun(1, "", "Replica 'site-8001' did not get ready.\n"));
    }

    [Fact]
    public async Task Dashboard_prints_the_login_link_or_all_of_it()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        const string Json = """{"url":"http://localhost:18888","loginUrl":"http://localhost:18888/login?t=a+b","apiKey":"k"}""";
        appHost.Answers["GET /v1/dashboard"] = FakeAppHost.Json(200, Json);

        (await appHost.RunAsync("dashboard")).ShouldBe(new CliRun(0, "http://localhost:18888/login?t=a+b\n", ""));
        (await appHost.RunAsync("dashboard", "--json")).ShouldBe(new CliRun(0, Json + "\n", ""));
    }

    [Fact]
    public async Task No_AppHost_exits_with_4_and_tells_how_to_start_one()
    {
        foreach (var command in (string[][])[["status"], ["logs"], ["down"], ["dashboard"], ["restart", "site"], ["roll", "site"], ["scale", "site=2"], ["deploy"], ["rollback"], ["releases"], ["command", "site", "x"], ["operation", "x"]])
        {
            (await CliRun.OfAsync("/nowhere/control.sock", CancellationToken.None, command))
                .ShouldBe(new CliRun(4, "", "No AppHost is running: nothing answers at '/nowhere/control.sock'. './stack up' starts one.\n"));
        }
    }

    [Theory]
    [InlineData]
    [InlineData("explode")]
    [InlineData("restart")]
    [InlineData("status", "--what")]
    [InlineData("logs", "--tail", "many")]
    [InlineData("logs", "--tail", "-1")]
    [InlineData("scale")]
    [InlineData("scale", "site")]
    [InlineData("scale", "site=many")]
    [InlineData("scale", "site=6", "shop=-1")]
    [InlineData("scale", "=6")]
    [InlineData("deploy", "site", "--from")]
    [InlineData("rollback", "site", "v1")]
    [InlineData("command", "site")]
    [InlineData("down", "--force", "--leave-running")]
    public async Task Usage_errors_exit_with_2(params string[] args)
    {
        var run = await CliRun.OfAsync("/nowhere/control.sock", CancellationToken.None, args);

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBe("");
        run.Error.ShouldEndWith("'./stack help' lists the commands.\n");
    }

    [Theory]
    [InlineData("--force", "{\"force\":true,\"leaveRunning\":false}", "Everything has stopped.\n")]
    [InlineData("--leave-running", "{\"force\":false,\"leaveRunning\":true}", "The AppHost has ended; the replicas serve on.\n")]
    [Trait("kind", "process")]
    public async Task Down_returns_when_the_process_of_the_AppHost_has_gone(string option, string body, string output)
    {
        await using var appHost = await FakeAppHost.StartAsync();
        using var process = Process.Start("sleep", "60");
        try
        {
            appHost.Status = appHost.Status with { Supervisor = appHost.Status.Supervisor with { Pid = process.Id } };
            var asked = new TaskCompletionSource();
            appHost.Answers["POST /v1/down"] = async response =>
            {
                await FakeAppHost.Json(202, "{}")(response);
                asked.SetResult();
            };

            var run = appHost.RunAsync("down", option);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
            run.IsCompleted.ShouldBeFalse();
            process.Kill();

            (await run).ShouldBe(new CliRun(0, output, ""));
            appHost.Requests.ShouldContain($"POST /v1/down {body}");
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void Socket_is_looked_for_in_the_development_place_of_the_check_out_then_in_the_production_places()
    {
        var places = SocketPlaces.Of(null, "/src/AppHost", "stack", null);

        places.Count.ShouldBe(3);
        places[0].ShouldMatch("^/.*/stack-[0-9a-f]{8}/control\\.sock$");
        places[1].ShouldBe("/run/stack/stack/control.sock");
        places[2].ShouldNotBe(places[0]);
        SocketPlaces.Of(null, "/elsewhere/AppHost", "stack", null)[0].ShouldNotBe(places[0]);
        SocketPlaces.Of(null, "/src/AppHost", "stack", ".stack")[0].ShouldBe(places[0]);
        SocketPlaces.Of("/my.sock", "/src/AppHost", "stack", null).ShouldBe(["/my.sock"]);
    }
}
