using System.Net;
using System.Text.Json;
using Testing;
using Testing.Kubernetes;

namespace EndToEnd.Publishing;

/// <summary>What './stack publish kubernetes' writes, as pods: built, put together and started as the output's README says, attacked, and replaced under load. Podman runs them; see <see cref="PodmanCluster"/>.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class KubernetesTests : IAsyncDisposable
{
    private const int Replicas = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly string[] Sites = [.. Enumerable.Range(0, Replicas).Select(i => $"site-{i}")];

    private readonly TempFolder _temp = new();
    private readonly PodmanEngine _podman = new();
    private PodmanCluster _cluster = null!;

    private Uri Gateway => new($"http://{_cluster.Services["nginx"]}:8080");

    public async ValueTask DisposeAsync()
    {
        await _podman.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task Published_pods_serve_behind_nginx_outlive_a_crash_are_replaced_without_a_loss_and_have_no_rights()
    {
        await _podman.UseAsync();
        await PublishAsync();
        var objects = await KubernetesTools.KustomizeAsync(_temp.File("overlay"));
        KubernetesRules.FaultsOf(objects).ShouldBeEmpty();
        _cluster = new PodmanCluster(_podman, objects);

        await _cluster.StartAsync(_temp.Path);

        using var client = Client();
        await ShouldAnswerAsync(client, Sites);
        await OneKeyWasMadeAsync();
        await NothingHasRightsAsync();
        await WhoIsSignedInIsSoOnEachReplicaAsync();
        await EachReplicaIsInTheDashboardAsync(client);
        await CrashedReplicaComesBackAsync(client);
        await ReplicaIsReplacedWithoutALossAsync(client);
    }

    private async Task PublishAsync()
    {
        var folder = _temp.File("out");
        await DoneAsync(Commands.StackAsync(new Dictionary<string, string>(), "publish", "kubernetes", folder, "--replicas", $"site={Replicas}"));
        var secrets = Path.Combine(folder, "secrets.env");
        File.GetUnixFileMode(secrets).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(secrets, (await File.ReadAllTextAsync(secrets)).Replace("BOARD=\n", "BOARD=Data Source=/var/lib/stack/stack/board/board.db\n", StringComparison.Ordinal));
        await DotnetImage.MakeAsync(_podman.PodmanAsync);
        await DoneAsync(Commands.RunAsync(
            "/bin/bash", [Path.Combine(folder, "images/build.sh"), Repository.Root], new Dictionary<string, string> { ["ENGINE"] = _podman.Program, ["BASE_IMAGE"] = DotnetImage.Name }, TimeSpan.FromMinutes(4)));

        // Images from elsewhere, in the user's own place for that.
        Directory.CreateDirectory(_temp.File("overlay"));
        await File.WriteAllTextAsync(_temp.File("overlay/kustomization.yaml"), $$"""
            resources: [../out]
            images:
              - {name: nginx, newName: localhost/{{ToolsImage.Name.Split(':')[0]}}, newTag: "{{ToolsImage.Name.Split(':')[1]}}"}
              - {name: stack/website, newName: localhost/stack/website}
              - {name: stack/dashboard, newName: localhost/stack/dashboard}

            """);
    }

    private HttpClient Client() => new(NetworkNamespace.Handler(_podman.Pid)) { Timeout = Limit };

    private async Task<HashSet<string>> AnswerersAsync(HttpClient client, int requests)
    {
        HashSet<string> seen = [];
        for (var i = 0; i < requests; i++)
        {
            // Each on a connection of its own, as from many clients.
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Gateway, "/whoami")) { Headers = { ConnectionClose = true } };
            using var answer = await client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            seen.Add(JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("replica").GetString()!);
        }

        return seen;
    }

    // Nginx keeps its connections, and so asks the same pods again: more of them are opened only by requests at the same time.
    private async Task ShouldAnswerAsync(HttpClient client, string[] replicas)
    {
        HashSet<string> seen = [];
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var more in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AnswerersAsync(client, 5))))
                {
                    seen.UnionWith(more);
                }

                return seen.IsSupersetOf(replicas);
            },
            Limit, () => Task.FromResult($"answers came from: {string.Join(", ", seen)}"));
    }

    // All pods made sure of it at the same time.
    private async Task OneKeyWasMadeAsync()
    {
        var state = await _podman.PodmanAsync("volume", "inspect", "--format", "{{.Mountpoint}}", "stack-state");
        Directory.GetFiles(Path.Combine(state, "keys"), "key-*.xml").Length.ShouldBe(1);
    }

    private async Task NothingHasRightsAsync()
    {
        foreach (var pod in Sites.Append("dashboard-0").Append("nginx-0"))
        {
            var pid = await _cluster.InspectAsync(pod, "{{.State.Pid}}");
            var status = (await _podman.InsideAsync("cat", $"/proc/{pid}/status")).Split('\n');
            var user = pod == "nginx-0" ? "101" : "1654";
            foreach (var line in new[] { "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", $"Uid:\t{user}\t{user}\t{user}\t{user}", $"Gid:\t{user}\t{user}\t{user}\t{user}" })
            {
                status.ShouldContain(line, pod);
            }

            (await _podman.InsideAsync("cat", $"/proc/{pid}/mounts")).Split('\n').Single(m => m.Split(' ')[1] == "/").Split(' ')[3].ShouldStartWith("ro,", customMessage: pod);
        }
    }

    private async Task WhoIsSignedInIsSoOnEachReplicaAsync()
    {
        using var handler = NetworkNamespace.Handler(_podman.Pid);
        (handler.CookieContainer, handler.AllowAutoRedirect) = (new CookieContainer(), false);
        using var member = new HttpClient(handler) { BaseAddress = Gateway, Timeout = Limit };
        await BoxTraffic.SignUpAsync(member, "Ada");

        using var direct = Client();
        foreach (var pod in Sites)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_cluster.AddressOf(pod)}:8080/");
            request.Headers.Add("Cookie", handler.CookieContainer.GetCookieHeader(Gateway));
            using var answer = await direct.SendAsync(request);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("<span>Ada</span>", customMessage: pod);
        }
    }

    private async Task EachReplicaIsInTheDashboardAsync(HttpClient client)
    {
        var resources = new Uri($"http://{_cluster.Services["dashboard"]}:18888/api/telemetry/resources");
        var key = File.ReadLines(_temp.File("out/secrets.env")).Single(l => l.StartsWith("DASHBOARD_API_KEY=", StringComparison.Ordinal)).Split('=', 2)[1];
        List<string?> seen = [];
        await Eventually.TrueAsync(
            async () =>
            {
                // It answers to the name only that a person forwards its port to.
                using var request = new HttpRequestMessage(HttpMethod.Get, resources) { Headers = { Host = "localhost:18888" } };
                request.Headers.Add("X-API-Key", key);
                using var answer = await client.SendAsync(request);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                seen = [.. JsonElement.Parse(await answer.Content.ReadAsStringAsync()).EnumerateArray().Where(r => r.GetProperty("hasLogs").GetBoolean()).Select(r => r.GetProperty("instanceId").GetString())];
                return Sites.All(seen.Contains);
            },
            Limit, () => Task.FromResult($"logs in the dashboard are of: {string.Join(", ", seen)}"));
    }

    private async Task CrashedReplicaComesBackAsync(HttpClient client)
    {
        await _podman.InsideAsync("kill", "-KILL", await _cluster.InspectAsync("site-1", "{{.State.Pid}}"));
        await _cluster.RouteAsync("site", ["site-0", "site-2"]);
        (await AnswerersAsync(client, 20)).ShouldBeSubsetOf(["site-0", "site-2"]);

        await Eventually.TrueAsync(
            async () => await _cluster.InspectAsync("site-1", "{{.RestartCount}}") == "1" && await _cluster.IsReadyAsync("site", "site-1"), Limit, () => _cluster.InspectAsync("site-1", "{{.State.Status}}"));
        await _cluster.RouteAsync("site", Sites);
        await ShouldAnswerAsync(client, Sites);
    }

    // As a rollout does it: one more, and when that is ready one less, which is still asked for a while.
    private async Task ReplicaIsReplacedWithoutALossAsync(HttpClient client)
    {
        using var load = new SteadyLoad(new Uri(Gateway, "/whoami"), NetworkNamespace.Handler(_podman.Pid));
        await _cluster.RunAsync("site", "site-3");
        await _cluster.RouteAsync("site", [.. Sites, "site-3"]);

        var end = _cluster.EndAsync("site", "site-0");
        await load.UntilAsync(20);
        await _cluster.RouteAsync("site", ["site-1", "site-2", "site-3"]);

        (await end).ShouldBe("0", "it has stopped in its time");
        await load.UntilAsync(20);
        (await load.StopAsync()).ShouldBeEmpty();
        await ShouldAnswerAsync(client, ["site-1", "site-2", "site-3"]);
    }

    private static async Task DoneAsync(Task<CommandResult> command)
    {
        var result = await command;
        result.ExitCode.ShouldBe(0, result.All);
    }
}
