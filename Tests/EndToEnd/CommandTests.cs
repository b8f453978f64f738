using System.Text.Json;

namespace EndToEnd;

/// <summary>What the commands tell of a running stack, and do to it.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed class CommandTests(RunningStack stack)
{
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private static readonly string[] Names = [.. Enumerable.Range(8001, Replicas).Select(p => $"site-{p}")];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_each_replica_uses_is_in_the_status_and_goes_to_the_dashboard_as_metrics()
    {
        IReadOnlyList<JsonElement> replicas = [];
        await Eventually.TrueAsync(
            async () =>
            {
                replicas = await stack.ReplicasAsync();
                // The share of a process that has just begun, small as it is, stands until it has its next turn.
                return replicas.All(r => r.GetProperty("cpu").ValueKind == JsonValueKind.Number && r.GetProperty("pss") is { ValueKind: JsonValueKind.Number } pss && pss.GetInt64() > 5_000_000);
            },
            Limit,
            () => Task.FromResult($"no share of a core or no share of the memory: {string.Join(", ", replicas)}"));

        replicas.ShouldAllBe(r => r.GetProperty("rss").GetInt64() > 10_000_000 && r.GetProperty("fds").GetInt32() > 10);
        replicas.ShouldAllBe(r => r.GetProperty("pss").GetInt64() <= r.GetProperty("rss").GetInt64());
        var (url, _, apiKey) = await stack.DashboardAsync();
        using var api = new HttpClient { BaseAddress = url };
        api.DefaultRequestHeaders.Add("X-API-Key", apiKey);
        await Eventually.TrueAsync(
            async () => JsonDocument.Parse(await api.GetStringAsync(new Uri("/api/telemetry/resources", UriKind.Relative))).RootElement.EnumerateArray()
                .Any(r => r.GetProperty("displayName").GetString() == "apphost" && r.GetProperty("hasMetrics").GetBoolean()),
            Limit,
            () => Task.FromResult("the dashboard has no metrics of the AppHost"));
    }

    [Fact]
    public async Task Roll_tells_the_steps_of_every_replica_and_gives_each_a_new_process()
    {
        var before = await stack.ReplicasAsync();

        var roll = await stack.StackAsync("roll", "site");

        roll.ExitCode.ShouldBe(0, roll.All);
        roll.Output.ShouldEndWith("site: rolled\n");
        foreach (var name in Names)
        {
            roll.Output.ShouldContain($"{name}: starting\n");
            roll.Output.ShouldContain($"{name}: ready\n");
        }

        var after = await stack.ReplicasAsync();
        after.Select(r => r.GetProperty("pid").GetInt32()).Intersect(before.Select(r => r.GetProperty("pid").GetInt32())).ShouldBeEmpty();
    }

    [Fact]
    public async Task Scale_adds_replicas_and_takes_them_away_again()
    {
        var more = await stack.StackAsync("scale", $"site={Replicas + 1}");
        var most = await stack.ReplicasAsync();
        var less = await stack.StackAsync("scale", $"site={Replicas}");

        (more.ExitCode, less.ExitCode).ShouldBe((0, 0), more.All + less.All);
        more.Output.ShouldEndWith($"site: {Replicas + 1} replicas\n");
        most.Count.ShouldBe(Replicas + 1);
        most[^1].GetProperty("name").GetString().ShouldBe($"site-{8001 + Replicas}");
        less.Output.ShouldContain($"site-{8001 + Replicas}: taken away\n");
        (await stack.ReplicasAsync()).Count.ShouldBe(Replicas);
    }

    [Fact]
    public async Task Log_that_is_followed_goes_on_over_a_restart_of_its_replica()
    {
        using var follow = stack.Start("logs", "-f", "--tail", "0", "site-8001");
        try
        {
            // It follows once a request's line comes through.
            var lines = ReadUntilAsync(follow, "/before-the-restart");
            using var site = new HttpClient();
            while (!lines.IsCompleted)
            {
                using var answer = await site.GetAsync(new Uri("http://127.0.0.1:8001/before-the-restart"), TestContext.Current.CancellationToken);
                await Task.WhenAny(lines, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, TestContext.Current.CancellationToken));
            }

            await lines;
            var restart = await stack.StackAsync("restart", "site:site-8001");

            restart.ExitCode.ShouldBe(0, restart.All);
            await ReadUntilAsync(follow, "Now listening on: http://127.0.0.1:8001");
        }
        finally
        {
            follow.Kill(entireProcessTree: true);
        }
    }

    private static async Task ReadUntilAsync(System.Diagnostics.Process process, string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"The log ended before '{text}' came: {await process.StandardError.ReadToEndAsync(limit.Token)}");
    }
}
