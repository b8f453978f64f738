using System.Diagnostics;
using System.Globalization;

namespace Cli.Tests;

public sealed class WaitReadyTests
{
    private static readonly string OwnPid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public async Task Wait_ends_with_the_addresses_and_replicas_when_everything_is_ready()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var ready = appHost.Status;
        var site = ready.Resources[1];
        appHost.Answers["GET /v1/dashboard"] = FakeAppHost.Json(200, """{"url":"http://localhost:18888","loginUrl":"http://localhost:18888/login?t=abc","apiKey":"k"}""");

        // Nothing is meant to run yet; then what runs from before is all there, and the rest has not been told to start; then one replica is missing; then all are there.
        appHost.Status = ready with { Resources = [.. ready.Resources.Select(r => r with { Wanted = 0, Ready = 0 })] };
        var wait = appHost.RunAsync("wait-ready", "--pid", OwnPid);
        await RequestsAsync(appHost, 2);
        appHost.Status = ready with { Supervisor = ready.Supervisor with { IsStarting = true } };
        await RequestsAsync(appHost, 2);
        appHost.Status = ready with { Resources = [ready.Resources[0], site with { Ready = 1 }, ready.Resources[2]] };
        await RequestsAsync(appHost, 2);
        wait.IsCompleted.ShouldBeFalse();
        appHost.Status = ready;

        (await wait).ShouldBe(new CliRun(
            0,
            """

              nginx        http://localhost:8080
              dashboard    http://localhost:18888/login?t=abc

              REPLICA     PORT  STATE
              site-8001   8001  ready
              site-8002   8002  ready
              nginx          -  ready

              It runs in the background: './stack down' stops everything.


            """,
            ""));
    }

    [Fact]
    public async Task Hidden_resource_has_to_be_ready_too()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        var ready = appHost.Status;
        var starting = Samples.Resource("dashboard", hidden: true, replicas: Samples.Replica("dashboard", 4700, 18888) with { State = "Starting", Health = "NotReady" });
        appHost.Status = ready with { Resources = [starting with { Ready = 0 }, .. ready.Resources.Skip(1)] };

        var run = await appHost.RunAsync("wait-ready", "--pid", OwnPid, "--timeout", "1");

        run.ShouldBe(new CliRun(1, "", "Not everything was ready after 1 s. Not ready: Replica 'dashboard' is STARTING.\n"));
    }

    [Fact]
    public async Task Replica_that_is_given_up_ends_the_wait_with_its_reason()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = Samples.OneLost;

        var run = await appHost.RunAsync("wait-ready", "--pid", OwnPid);

        run.ShouldBe(new CliRun(1, "", "Replica 'site-8003' is FATAL: Port 8003 is in use by process 99. Its output is in './stack logs site-8003'.\n"));
    }

    [Fact]
    public async Task Answer_of_another_AppHost_at_the_same_place_does_not_count()
    {
        await using var appHost = await FakeAppHost.StartAsync();
        appHost.Status = appHost.Status with { Supervisor = appHost.Status.Supervisor with { Pid = 1 } };

        var run = await appHost.RunAsync("wait-ready", "--pid", OwnPid, "--timeout", "1");

        run.ShouldBe(new CliRun(1, "", "Not everything was ready after 1 s.\n"));
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task AppHost_that_ends_ends_the_wait()
    {
        using var process = Process.Start("sleep", "60");
        var wait = CliRun.OfAsync("/nowhere/control.sock", CancellationToken.None, "wait-ready", "--pid", process.Id.ToString(CultureInfo.InvariantCulture));
        process.Kill();

        (await wait).ShouldBe(new CliRun(1, "", $"The AppHost (process {process.Id}) ended before everything was ready.\n"));
    }

    private static async Task RequestsAsync(FakeAppHost appHost, int more)
    {
        var goal = appHost.Requests.Count + more;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (appHost.Requests.Count < goal)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }
}
