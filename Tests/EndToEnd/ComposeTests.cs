using System.Net;
using System.Text.Json;
using Testing;

namespace EndToEnd;

/// <summary>The board, published for Docker Compose: built, started and rolled as the output's README says, on an engine of the test's own.</summary>
[Collection("boxes")]
[Trait("kind", "e2e")]
public sealed class ComposeTests(DockerEngine docker) : IClassFixture<DockerEngine>, IDisposable
{
    private static readonly Uri Gateway = new("http://localhost:8080");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Published_stack_starts_in_order_outlives_a_crash_rolls_without_a_loss_and_leaves_nothing()
    {
        await using var stack = new ComposeStack(docker, _temp.File("out"));
        await stack.MakeAsync();

        await stack.ComposeAsync("up", "--detach", "--remove-orphans");

        using var client = Client();
        (await client.GetAsync(Gateway)).StatusCode.ShouldBe(HttpStatusCode.OK, "the first request");
        await NginxStartedLastAsync();
        await TheseAnswerAsync(client, ComposeStack.Sites);
        await NothingHasRightsAsync(stack);
        await WhoIsSignedInIsSoOnEachReplicaAsync(stack);

        using (var load = new SteadyLoad(new Uri(Gateway, "/whoami"), NetworkNamespace.Handler(docker.Pid)))
        {
            // Without posts: one that is under way in a replica that is killed is lost, and sent to no other.
            await CrashedReplicaComesBackAsync(stack, load);
            await using var posts = await SteadyPosts.StartAsync(NetworkNamespace.Handler(docker.Pid));
            var before = await stack.RunningAsync();
            await stack.RunAsync("stack-roll.sh", []);
            await load.UntilAsync(20);
            (await stack.RunningAsync()).Intersect(before).Select(c => c.Split(' ')[0]).ShouldBe(["/stack_dashboard_1", "/stack_nginx_1"], "they have not changed");
            await BadReleaseTouchesOneReplicaAndThereIsAWayBackAsync(stack, client);
            await OneReplicaLessAndAgainOneMoreAsync(stack, client);
            await load.UntilAsync(20);
            (await load.StopAsync()).ShouldBeEmpty();
            await posts.ShouldBeOnTheBoardOnceAsync();
        }

        await EachReplicaIsInTheDashboardAsync(stack, client);
        var running = await stack.RunningAsync();
        await stack.ComposeAsync("up", "--detach", "--remove-orphans");
        (await stack.RunningAsync()).ShouldBe(running, "a second start changes nothing");

        await stack.ComposeAsync("down", "--volumes", "--timeout", "10");
        (await docker.DockerAsync("ps", "--all", "--quiet")).ShouldBeEmpty();
        (await docker.DockerAsync("volume", "ls", "--quiet")).ShouldBeEmpty();
        (await docker.DockerAsync("network", "ls", "--format", "{{.Name}}")).Split('\n').Order(StringComparer.Ordinal).ShouldBe(["bridge", "host", "none"]);
    }

    private HttpClient Client() => new(NetworkNamespace.Handler(docker.Pid)) { Timeout = Limit };

    private async Task NginxStartedLastAsync()
    {
        // In whole seconds: the one that has begun is waited for.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1;
        var events = (await docker.DockerAsync(
            "events", "--since", "30m", "--until", $"{now}", "--filter", "event=start", "--filter", "event=die", "--filter", "event=health_status", "--format", "{{.Action}} {{.Actor.Attributes.name}}")).Split('\n');
        var nginx = Array.IndexOf(events, "start stack_nginx_1");
        foreach (var site in ComposeStack.Sites)
        {
            Array.IndexOf(events, $"health_status: healthy stack_{site}_1").ShouldBeInRange(0, nginx, string.Join('\n', events));
        }

        Array.IndexOf(events, "die stack_migrations_1").ShouldBeInRange(0, Array.IndexOf(events, "start stack_site-8001_1"));
    }

    private static async Task TheseAnswerAsync(HttpClient client, IEnumerable<string> replicas)
    {
        HashSet<string> seen = [];
        for (var i = 0; i < 40; i++)
        {
            seen.Add(JsonElement.Parse(await client.GetStringAsync(new Uri(Gateway, "/whoami"))).GetProperty("replica").GetString()!);
        }

        seen.Order(StringComparer.Ordinal).ShouldBe(replicas);
    }

    /// <summary>The job accepts its settings, and a replica does not.</summary>
    private static async Task BadReleaseTouchesOneReplicaAndThereIsAWayBackAsync(ComposeStack stack, HttpClient client)
    {
        var before = await stack.RunningAsync();
        using (await stack.UseImageWithAsync("""{"Board":{"LeaseFor":"00:00:00.1"}}"""))
        {
            var roll = await stack.TryAsync("stack-roll.sh", new Dictionary<string, string> { ["ROLL_TIMEOUT"] = "8" });

            roll.ExitCode.ShouldBe(1, roll.All);
            roll.Errors.ShouldContain("Board:LeaseFor takes a second or more", customMessage: "its last lines say why");
            roll.Errors.ShouldEndWith("Stopped at site-8001, which gets no requests; the others are as they were. Put it right, then run this again.\n");
        }

        await TheseAnswerAsync(client, ["site-8002", "site-8003"]);
        await stack.RunAsync("stack-roll.sh", ["--changed"]);

        await TheseAnswerAsync(client, ComposeStack.Sites);
        before.Except(await stack.RunningAsync()).Select(c => c.Split(' ')[0]).ShouldBe(["/stack_site-8001_1"], "the others were not touched");
    }

    private async Task OneReplicaLessAndAgainOneMoreAsync(ComposeStack stack, HttpClient client)
    {
        var before = await stack.RunningAsync();
        using HeldRequest held = new(NetworkNamespace.Handler(docker.Pid), new Uri($"http://{await stack.AddressAsync("site-8003")}:8003"));
        await held.StartAsync();
        await stack.PublishAsync(2);
        var roll = stack.TryAsync("stack-roll.sh", new Dictionary<string, string>(), "--changed");
        await held.UntilNobodyListensAsync();
        roll.IsCompleted.ShouldBeFalse("it waits for the request");

        (await held.EndAsync()).ShouldBe(HttpStatusCode.Redirect, "what was in flight when its replica was stopped");
        (await roll).ExitCode.ShouldBe(0, (await roll).All);
        (await roll).Errors.ShouldContain("replace it: docker-compose up -d nginx");
        await TheseAnswerAsync(client, ["site-8001", "site-8002"]);
        before.Except(await stack.RunningAsync()).Select(c => c.Split(' ')[0]).ShouldBe(["/stack_site-8003_1"]);

        await stack.PublishAsync(ComposeStack.Replicas);
        await stack.RunAsync("stack-roll.sh", ["--changed"]);
        await TheseAnswerAsync(client, ComposeStack.Sites);
        before.Except(await stack.RunningAsync()).Select(c => c.Split(' ')[0]).ShouldBe(["/stack_site-8003_1"], "those that stayed were not touched");
    }

    private static async Task NothingHasRightsAsync(ComposeStack stack)
    {
        foreach (var service in ComposeStack.Sites.Append("dashboard").Append("nginx"))
        {
            var status = await File.ReadAllLinesAsync($"/proc/{await stack.InspectAsync(service, "{{.State.Pid}}")}/status");
            status.ShouldContain("CapEff:\t0000000000000000", service);
            status.ShouldContain("NoNewPrivs:\t1", service);
            var user = service == "nginx" ? "101" : "1654";
            status.ShouldContain($"Uid:\t{user}\t{user}\t{user}\t{user}", service);
        }

        (await stack.InspectAsync("site-8001", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}")).Trim().ShouldBe($"{512 << 20} 1500000000", "as .env says");
        (await stack.InspectAsync("dashboard", "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}")).Trim().ShouldBe("0 0");
    }

    private async Task WhoIsSignedInIsSoOnEachReplicaAsync(ComposeStack stack)
    {
        var cookies = new CookieContainer();
        var handler = NetworkNamespace.Handler(docker.Pid);
        handler.CookieContainer = cookies;
        using var client = new HttpClient(handler) { Timeout = Limit };
        var page = await client.GetStringAsync(new Uri(Gateway, "/sign-up"));
        var token = page.Split("name=\"__RequestVerificationToken\"")[1].Split("value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent([new("Name", "Ada"), new("Password", "correct horse"), new("__RequestVerificationToken", token)]);
        (await (await client.PostAsync(new Uri(Gateway, "/sign-up"), form)).Content.ReadAsStringAsync()).ShouldContain("<span>Ada</span>");

        using var direct = Client();
        foreach (var site in ComposeStack.Sites)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{await stack.AddressAsync(site)}:{site[^4..]}/");
            request.Headers.Add("Cookie", cookies.GetCookieHeader(Gateway));
            using var answer = await direct.SendAsync(request);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("<span>Ada</span>", customMessage: site);
        }
    }

    private static async Task CrashedReplicaComesBackAsync(ComposeStack stack, SteadyLoad load)
    {
        await load.UntilAsync(20);
        var kill = await Commands.RunAsync("kill", ["-KILL", await stack.InspectAsync("site-8002", "{{.State.Pid}}")], new Dictionary<string, string>(), Limit);
        kill.ExitCode.ShouldBe(0, kill.All);

        const string State = "{{.RestartCount}} {{.State.Health.Status}}";
        await Eventually.TrueAsync(async () => await stack.InspectAsync("site-8002", State) == "1 healthy", Limit, async () => await stack.InspectAsync("site-8002", State));
        await load.UntilAsync(20);
    }

    private static async Task EachReplicaIsInTheDashboardAsync(ComposeStack stack, HttpClient client)
    {
        var dashboard = new Uri("http://localhost:18888");
        using (var refused = await client.GetAsync(new Uri(dashboard, "/api/telemetry/resources")))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        async Task<List<string?>> InstancesAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(dashboard, "/api/telemetry/resources"));
            request.Headers.Add("X-API-Key", stack.Setting("DASHBOARD_API_KEY"));
            using var answer = await client.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            return [.. JsonElement.Parse(await answer.Content.ReadAsStringAsync()).EnumerateArray().Where(r => r.GetProperty("hasLogs").GetBoolean()).Select(r => r.GetProperty("instanceId").GetString())];
        }

        await Eventually.TrueAsync(
            async () => ComposeStack.Sites.All((await InstancesAsync()).Contains), Limit, async () => $"logs in the dashboard are of: {string.Join(", ", await InstancesAsync())}");
    }
}
