using Stack.Cli;

namespace Cli.Tests;

public sealed class StatusCommandTests
{
    [Fact]
    public async Task Status_is_a_line_per_replica_and_then_the_addresses_with_what_is_hidden_last()
    {
        await using var appHost = await FakeAppHost.StartAsync();

        var run = await appHost.RunAsync("status");

        run.Out.ShouldBe(
            """
            NAME       STATE    READY  PID   PORT   UPTIME   RESTARTS  CPU   RSS    REASON
            site-8001  RUNNING  ready  4711  8001   0:01:23  0         12 %  85 MB
            site-8002  RUNNING  ready  4712  8002   0:01:23  1         -     -      last end: signal KILL
            nginx      RUNNING  ready  4713  -      0:01:23  0         -     -
            dashboard  RUNNING  ready  4700  18888  0:01:23  0         -     -

            nginx      http://localhost:8080
            dashboard  http://localhost:18888

            """);
        run.Error.ShouldBe("");
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Status_tells_why_a_replica_is_not_ready_and_exits_with_3()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        var run = await appHost.RunAsync("status");

        run.Out.ShouldBe(
            """
            NAME       STATE     READY      PID   PORT  UPTIME      RESTARTS  CPU  RSS  REASON
            site-8001  RUNNING   ready      4711  8001  0:01:23     0         -    -
            site-8002  BACKOFF   -          -     8002  -           3         -    -    exit code 3; next attempt in 4 s
            site-8003  FATAL     -          -     8003  -           0         -    -    Port 8003 is in use by process 99.
            site-8004  STARTING  not ready  4714  8004  2d 0:00:05  0         -    -

            """);
        run.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Roll_out_is_shown_and_which_replica_gets_no_requests()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var site = Samples.Resource(
            "site",
            replicas: [Samples.Replica("site-8001", 4711, 8001) with { Traffic = "Draining" }, Samples.Replica("site-8002", 4712, 8002) with { Traffic = "Out", Reason = "warming up" }]);
        appHost.Status = Samples.Stack(
            site with { Rollout = Samples.Rollout },
            Samples.Resource("shop", replicas: Samples.Replica("shop", 4713, null)) with { State = "RolloutFrozen", Rollout = new() { State = "Frozen", What = "scale to 6", Replica = "shop", Reason = "It did not get ready." } });

        (await appHost.RunAsync("status")).Out.ShouldBe(
            """
            NAME       STATE    READY  PID   PORT  UPTIME   RESTARTS  CPU  RSS  REASON
            site-8001  RUNNING  ready  4711  8001  0:01:23  0         -    -    draining
            site-8002  RUNNING  ready  4712  8002  0:01:23  0         -    -    gets no requests; warming up
            shop       RUNNING  ready  4713  -     0:01:23  0         -    -

            site  roll is under way at site-8002
            shop  scale to 6 is frozen at shop: It did not get ready.

            """);
    }

    [Fact]
    public async Task What_is_wrong_with_a_resource_that_runs_is_shown_in_one_line()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(Samples.Resource("nginx", replicas: Samples.Replica("nginx", 4713, null)) with { Trouble = "nginx does not accept it.\nunknown directive \"locatoin\"" });

        (await appHost.RunAsync("status")).Out.ShouldBe(
            """
            NAME   STATE    READY  PID   PORT  UPTIME   RESTARTS  CPU  RSS  REASON
            nginx  RUNNING  ready  4713  -     0:01:23  0         -    -

            nginx  nginx does not accept it. unknown directive "locatoin"

            """);
    }

    [Fact]
    public async Task Release_of_a_site_is_shown_and_its_own_build_is_not()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.Stack(
            Samples.Resource("site", replicas: Samples.Replica("site-8001", 4711, 8001)) with { Release = "20261128-113000-v1.2" },
            Samples.Resource("shop", replicas: Samples.Replica("shop", 4712, null)) with { Release = "build" });

        (await appHost.RunAsync("status")).Out.ShouldEndWith($"{Environment.NewLine}site  release 20261128-113000-v1.2{Environment.NewLine}");
        Trimmed((await appHost.RunAsync(new Terminal(100, HasColours: false), "status")).Out).ShouldContain("site  release 20261128-113000-v1.2");
    }

    [Fact]
    public async Task Terminal_without_colours_gets_the_same_table_with_reasons_broken_into_lines()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        var run = await appHost.RunAsync(new Terminal(100, HasColours: false), "status");

        Trimmed(run.Out).ShouldBe(
            """
            NAME       STATE     READY      PID   PORT  UPTIME      RESTARTS  CPU  RSS  REASON
            site-8001  RUNNING   ready      4711  8001  0:01:23     0         -    -
            site-8002  BACKOFF   -          -     8002  -           3         -    -    exit code 3; next
                                                                                        attempt in 4 s
            site-8003  FATAL     -          -     8003  -           0         -    -    Port 8003 is in use by
                                                                                        process 99.
            site-8004  STARTING  not ready  4714  8004  2d 0:00:05  0         -    -

            """);
        run.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Narrow_terminal_gets_fewer_columns_and_never_loses_name_state_readiness_or_reason()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        var run = await appHost.RunAsync(new Terminal(60, HasColours: false), "status");

        Trimmed(run.Out).ShouldBe(
            """
            NAME       STATE     READY      PORT  REASON
            site-8001  RUNNING   ready      8001
            site-8002  BACKOFF   -          8002  exit code 3; next
                                                  attempt in 4 s
            site-8003  FATAL     -          8003  Port 8003 is in use
                                                  by process 99.
            site-8004  STARTING  not ready  8004

            """);
    }

    [Fact]
    public async Task Terminal_with_colours_shows_ready_green_lost_red_and_starting_in_neither()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        var output = (await appHost.RunAsync(new Terminal(120, HasColours: true), "status")).Out;

        output.ShouldContain("\e[32mRUNNING\e[0m");
        output.ShouldContain("\e[32mready\e[0m");
        output.ShouldContain("\e[91mFATAL\e[0m");
        output.ShouldContain("\e[93mBACKOFF\e[0m");
        output.ShouldContain("\e[93mSTARTING\e[0m");
    }

    [Fact]
    public async Task Output_that_is_piped_is_never_broken_or_coloured()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var reason = string.Join(' ', Enumerable.Repeat("long", 200));
        appHost.Status = Samples.Stack(Samples.Resource("site", replicas: Samples.Replica("site", 1, 8001) with { Reason = reason }));

        var output = (await appHost.RunAsync("status")).Out;

        output.ShouldContain(reason);
        output.ShouldNotContain("\e");
    }

    [Fact]
    public async Task Replica_that_was_stopped_by_command_is_not_missed()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var site = Samples.Resource("site", replicas: [Samples.Replica("site-8001", 1, 8001), Samples.Replica("site-8002", null, 8002) with { State = "Stopped", Health = "Unknown" }]);
        appHost.Status = Samples.Stack(site with { Wanted = 1, Ready = 1 });

        (await appHost.RunAsync("status")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Json_is_what_the_AppHost_said_indented()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["GET /v1/status"] = FakeAppHost.Json(
            200, """{"seq":1,"supervisor":{"pid":5,"mode":"development","startedAt":"2026-03-01T12:00:00+00:00"},"resources":[],"later":"größer <&>"}""");

        var run = await appHost.RunAsync("status", "--json");

        run.Out.ShouldBe(
            """
            {
              "seq": 1,
              "supervisor": {
                "pid": 5,
                "mode": "development",
                "startedAt": "2026-03-01T12:00:00+00:00"
              },
              "resources": [],
              "later": "größer <&>"
            }

            """);
        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Json_exits_with_3_too()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        (await appHost.RunAsync("status", "--json")).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Answer_of_another_version_is_no_crash()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Answers["GET /v1/status"] = FakeAppHost.Json(200, "{}");

        var run = await appHost.RunAsync("status");

        run.ExitCode.ShouldBe(1);
        run.Error.ShouldStartWith("The AppHost's answer is not understood: ");
        run.Error.ShouldEndWith("Is it of another version?\n");
    }

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
}
