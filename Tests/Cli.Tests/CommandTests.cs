using System.Diagnostics;
using Stack.Cli;

namespace Cli.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("restart", "site", "POST /v1/site/restart", "site: restarted\n")]
    [InlineData("start", "site-8001", "POST /v1/site-8001/start", "site-8001: started\n")]
    [InlineData("stop", "site:site-8002", "POST /v1/site-8002/stop", "site-8002: stopped\n")]
    [InlineData("stop", "site:*", "POST /v1/site/stop", "site: stopped\n")]
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
        foreach (var command in (string[][])[["status"], ["logs"], ["down"], ["dashboard"], ["restart", "site"]])
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
    public async Task Usage_errors_exit_with_2(params string[] args)
    {
        var run = await CliRun.OfAsync("/nowhere/control.sock", CancellationToken.None, args);

        run.ExitCode.ShouldBe(2);
        run.Out.ShouldBe("");
        run.Error.ShouldEndWith("'./stack help' lists the commands.\n");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Down_returns_when_the_process_of_the_AppHost_has_gone()
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

            var run = appHost.RunAsync("down", "--force");
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
            run.IsCompleted.ShouldBeFalse();
            process.Kill();

            (await run).ShouldBe(new CliRun(0, "Everything has stopped.\n", ""));
            appHost.Requests.ShouldContain("POST /v1/down {\"force\":true}");
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
