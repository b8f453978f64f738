using System.Net;
using Testing;
using Testing.Load;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>What goes wrong with a real Nginx under the real engine, and what becomes of it.</summary>
[Trait("kind", "process")]
public sealed class GatewayTroubleTests(ITestOutputHelper output)
{
    private const int Some = 200;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_folder_of_flags_that_workers_can_not_search_stops_a_roll_before_anything_is_stopped()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        var before = await PidsAsync(app);
        await using var client = StrictClient.Start(new LoadSettings { Port = app.Port, Connections = 4 });
        await client.UntilAnsweredAsync(Some);
        File.SetUnixFileMode(app.Flags, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var (status, said) = await app.CommandAsync("roll");
        await client.UntilAnsweredAsync(Some);
        var report = await client.StopAsync();

        status.ShouldBe(HttpStatusCode.Conflict);
        said!.ShouldContain($"The gateway could not take 'site-{app.FirstPort}' out of traffic");
        said!.ShouldContain("'nginx/flags' in the state folder");
        said!.ShouldContain("It was not stopped.");
        (await PidsAsync(app)).ShouldBe(before);
        report.Failures.ShouldBeEmpty();
        Directory.EnumerateFiles(app.Flags).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_killed_master_takes_its_workers_along_and_the_next_one_serves_and_is_steered_like_the_first()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        var master = app.Master;
        var workers = app.Workers;
        await using var client = StrictClient.Start(new LoadSettings { Port = app.Port, Connections = 4 });
        await client.UntilAnsweredAsync(Some);

        Signals.Send(master, Signals.Kill);
        await Wait.Until(() => workers.All(worker => !Directory.Exists($"/proc/{worker}")), what: "the workers of the killed master are gone");
        await client.UntilAnsweredAsync(Some);
        var report = await client.StopAsync();
        output.WriteLine($"{report.Failures.Count} failed, the last one {report.Failures[^1]}");
        var effects = report.Against(app.Executed);

        app.Master.ShouldNotBe(master);
        effects.Duplicated.ShouldBeEmpty();
        effects.Lost.ShouldBeEmpty();

        await using PoolWatch watch = new(app);
        var (status, said) = await app.CommandAsync("roll");
        status.ShouldBe(HttpStatusCode.OK, said);
        (await watch.StopAsync()).Select(seen => seen.Pool).Where(pool => pool != "stack_site").ShouldBe([$"stack_site_but_{app.FirstPort}", $"stack_site_but_{app.FirstPort + 1}"]);
    }

    [Fact]
    public async Task Many_changes_at_once_are_few_reloads()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        HashSet<int> workers = [.. app.Workers];
        var first = workers.Count;
        app.WriteSource("conf.d/server-mine.conf", "location = /change { return 200 done; }");

        var changes = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => app.ReloadAsync()));
        while (!changes.IsCompleted)
        {
            workers.UnionWith(app.Workers);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled);
        }

        (await changes).ShouldAllBe(change => change.Status == HttpStatusCode.OK);
        (await app.Client.GetStringAsync("/change", Cancelled)).ShouldBe("done");
        var reloads = (workers.Count - first) / first;
        output.WriteLine($"{reloads} reloads for 50 changes");
        reloads.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task A_file_that_nginx_does_not_accept_fails_its_reload_and_no_request()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        await StrictLoadTests.ChangeAsync(app, 1);
        await using var client = StrictClient.Start(new LoadSettings { Port = app.Port, Connections = 4 });
        await client.UntilAnsweredAsync(Some);

        app.WriteSource("conf.d/server-mine.conf", "location = /change { retrun 200 2; }");
        var (status, said) = await app.ReloadAsync();
        await client.UntilAnsweredAsync(Some);
        var report = await client.StopAsync();

        status.ShouldBe(HttpStatusCode.Conflict);
        said!.ShouldContain("unknown directive \"retrun\"");
        said!.ShouldContain("server-mine.conf:1");
        report.Failures.ShouldBeEmpty();
        (await app.Client.GetStringAsync("/change", Cancelled)).ShouldBe("1");
    }

    [Fact]
    public async Task A_port_that_a_stranger_has_is_not_taken_by_a_reload_and_the_one_before_serves_on()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        using System.Net.Sockets.TcpListener stranger = new(IPAddress.Loopback, 0);
        stranger.Start();
        await StrictLoadTests.ChangeAsync(app, 1);

        app.WriteSource("conf.d/http-mine.conf", $"server {{ listen 127.0.0.1:{((IPEndPoint)stranger.LocalEndpoint).Port}; }}");
        var (status, said) = await app.ReloadAsync();

        status.ShouldBe(HttpStatusCode.Conflict, said);
        output.WriteLine(said!);
        (await app.Client.GetStringAsync("/change", Cancelled)).ShouldBe("1");

        app.WriteSource("conf.d/http-mine.conf", "");
        await StrictLoadTests.ChangeAsync(app, 2);
    }

    private static async Task<List<int>> PidsAsync(RunningApp app) => [.. (await app.ReplicasAsync()).Select(StrictLoadTests.Pid)];
}
