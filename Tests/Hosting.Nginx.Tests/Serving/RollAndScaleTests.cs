using System.Net;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Rolling restarts and changes of the number of replicas behind a real Nginx.</summary>
[Trait("kind", "process")]
public sealed class RollAndScaleTests(DockerEngine docker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ports_and_upstream_follow_the_number_of_replicas_over_nought_and_back()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);

        foreach (var count in (int[])[5, 3, 0, 2])
        {
            await app.ScaleAsync(count);

            var ports = Enumerable.Range(app.FirstPort, count).ToList();
            app.Upstream.ShouldBe(ports);
            (await app.ReplicasAsync()).Select(r => r.GetProperty("name").GetString()).ShouldBe(ports.Select(p => $"site-{p}"));
            if (count == 0)
            {
                using var refused = await app.Client.GetAsync("/", Cancelled);
                refused.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
            }
            else
            {
                (await AskedAsync(app, count * 10)).Order().ShouldBe(ports.Select(p => $"site-{p}"));
            }
        }

        File.Exists(Path.Combine(app.State, "logs", $"site-{app.FirstPort + 4}.log")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(NginxRuntime.Process)]
    [InlineData(NginxRuntime.Container)]
    public async Task A_new_replica_gets_requests_and_one_that_is_gone_gets_none(NginxRuntime runtime)
    {
        if (runtime == NginxRuntime.Container)
        {
            await docker.UseAsync();
        }

        await using var app = await RunningApp.StartAsync(replicas: 1, runtime);

        await app.ScaleAsync(2);
        await app.HealthyAsync($"site-{app.FirstPort + 1}");
        (await AskedAsync(app, 20)).Count.ShouldBe(2);
        await app.ScaleAsync(1);
        (await AskedAsync(app, 20)).ShouldBe([$"site-{app.FirstPort}"]);
    }

    [Fact]
    public async Task A_port_that_a_stranger_has_is_not_scaled_onto()
    {
        await using var app = await RunningApp.StartAsync(replicas: 1);
        using var stranger = new System.Net.Sockets.TcpListener(IPAddress.Loopback, app.FirstPort + 2);
        stranger.Start();

        var (status, said) = await app.CommandAsync("scale", new { replicas = 4 });

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        said!.ShouldContain($"Port {app.FirstPort + 2} for replica");
        said!.ShouldContain($"is already in use by process {Environment.ProcessId}");
        (await app.ReplicasAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_broken_version_freezes_after_one_replica_and_the_old_one_is_put_back()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        var before = await app.ReplicasAsync();
        app.Part = "exit";

        var (status, said) = await app.CommandAsync("roll");

        status.ShouldBe(HttpStatusCode.Conflict);
        said!.ShouldContain($"froze at 'site-{app.FirstPort}'");
        said!.ShouldContain("The version before was put back and serves.");
        var site = await app.SiteAsync();
        site.GetProperty("state").GetString().ShouldBe("RolloutFrozen");
        site.GetProperty("ready").GetInt32().ShouldBe(2);
        (await app.ReplicasAsync())[1].GetProperty("pid").GetInt32().ShouldBe(before[1].GetProperty("pid").GetInt32());
        (await AskedAsync(app, 20)).Count.ShouldBe(2);

        app.Part = "kestrel";
        (status, said) = await app.CommandAsync("roll");
        status.ShouldBe(HttpStatusCode.OK, said);
        (await app.SiteAsync()).GetProperty("state").GetString().ShouldBe("Running");
    }

    [Fact]
    public async Task A_configuration_that_nginx_does_not_accept_any_more_fails_the_scale_and_the_old_one_serves_on()
    {
        await using var app = await RunningApp.StartAsync(replicas: 1);
        app.WriteSource("conf.d/server-mine.conf", "locatoin / { }");

        var (status, said) = await app.CommandAsync("scale", new { replicas = 2 });

        status.ShouldBe(HttpStatusCode.Conflict);
        said!.ShouldContain("The gateway could not be told of the 2 replicas of 'site'");
        said!.ShouldContain("so the one before stays in use. Correct it, then try again");
        app.Upstream.ShouldBe([app.FirstPort]);
        (await app.ReplicasAsync()).Count.ShouldBe(1);
        (await AskedAsync(app, 5)).ShouldBe([$"site-{app.FirstPort}"]);
    }

    [Fact]
    public async Task An_edit_that_nginx_does_not_accept_is_trouble_until_one_is_reloaded_that_it_accepts()
    {
        using TempFolder temp = new();
        var source = RunningNginx.CopyOfSources(temp);
        var file = Path.Combine(source, "conf.d", "server-mine.conf");
        await using var app = await RunningApp.StartAsync(replicas: 1, NginxRuntime.Process, $"--Stack:Nginx:Folder={source}");
        await File.WriteAllTextAsync(file, "locatoin / { }", Cancelled);

        var (status, said) = await app.CommandAsync("reload", to: "nginx");

        status.ShouldBe(HttpStatusCode.Conflict);
        said!.ShouldContain("unknown directive \"locatoin\"");
        said!.ShouldContain($"{file}:1");
        (await app.ResourceAsync("nginx")).GetProperty("trouble").GetString().ShouldBe(said);
        (await AskedAsync(app, 5)).ShouldBe([$"site-{app.FirstPort}"]);

        await File.WriteAllTextAsync(file, "location = /mine { return 200 mine; }", Cancelled);
        (status, said) = await app.CommandAsync("reload", to: "nginx");

        status.ShouldBe(HttpStatusCode.OK, said);
        (await app.ResourceAsync("nginx")).TryGetProperty("trouble", out var trouble).ShouldBe(trouble.ValueKind == System.Text.Json.JsonValueKind.Null);
        (await app.Client.GetStringAsync("/mine", Cancelled)).ShouldBe("mine");
    }

    /// <summary>Names of the replicas that answered that many requests.</summary>
    private static async Task<IReadOnlyCollection<string>> AskedAsync(RunningApp app, int times)
    {
        HashSet<string> names = [];
        for (var i = 0; i < times; i++)
        {
            using var content = new StringContent($"{i}", Encoding.UTF8);
            using var response = i % 2 == 0 ? await app.Client.GetAsync("/", Cancelled) : await app.Client.PostAsync("/", content, Cancelled);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            names.Add((await response.Content.ReadAsStringAsync(Cancelled)).Split(' ')[0]);
        }

        return names;
    }
}
