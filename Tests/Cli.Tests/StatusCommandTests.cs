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
            NAME       STATE    READY  PID   PORT   UPTIME   RESTARTS  RSS    REASON
            site-8001  RUNNING  ready  4711  8001   0:01:23  0         85 MB
            site-8002  RUNNING  ready  4712  8002   0:01:23  1         -      last end: signal KILL
            nginx      RUNNING  ready  4713  -      0:01:23  0         -
            dashboard  RUNNING  ready  4700  18888  0:01:23  0         -

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
            NAME       STATE     READY      PID   PORT  UPTIME      RESTARTS  RSS  REASON
            site-8001  RUNNING   ready      4711  8001  0:01:23     0         -
            site-8002  BACKOFF   -          -     8002  -           3         -    exit code 3; next attempt in 4 s
            site-8003  FATAL     -          -     8003  -           0         -    Port 8003 is in use by process 99.
            site-8004  STARTING  not ready  4714  8004  2d 0:00:05  0         -

            """);
        run.ExitCode.ShouldBe(3);
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
}
