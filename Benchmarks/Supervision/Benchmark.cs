using System.Text.Json;
using Supervision.Peers;
using Supervision.Scenarios;

namespace Supervision;

/// <summary>One run: prepares, measures round by round, reports, cleans up.</summary>
internal static class Benchmark
{
    public static IReadOnlyList<string> PeerNames { get; } = ["stack", "supervisord", "pm2"];

    public static IReadOnlyList<string> ScenarioNames { get; } = ["scale", "crash", "output", "slow-stop", "independent", "death", "survival", "restart", "site"];

    /// <summary>Returns the exit code: 0 all was measured, 1 something failed, 130 called off.</summary>
    public static int Run(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            using var bench = new Bench(cancellationToken);
            var results = new RowResults(settings.Earlier is { } file ? JsonSerializer.Deserialize<List<RowValues>>(File.ReadAllText(file), Json)! : []);
            var scenarios = Scenarios(settings);
            var peers = Prepare(settings, bench, scenarios);
            var machine = $"{Machine.Describe(bench.Folder)}; load average at the start {Machine.Load():0.0}";
            Measure(settings, bench, scenarios, peers, results);
            Report(settings, peers, results, machine);
            return results.Failures.Count == 0 ? 0 : 1;
        }
        catch (BenchmarkException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Called off; what was started has been ended.");
            return 130;
        }
    }

    private static List<Scenario> Scenarios(Settings settings)
    {
        Scenario[] all =
        [
            new EmptyScenario(), .. settings.Sizes.Select(n => new ScaleScenario(n, n == 16 || n == settings.Sizes.Max())), new CrashScenario(),
            new OutputScenario(Followed: false), new OutputScenario(Followed: true), new SlowStopScenario(3600, 5, 5300), new SlowStopScenario(30, 60, 31000),
            new IndependentScenario(), new DeathScenario(), new SurvivalScenario(), new RestartScenario(), new SiteScenario(),
        ];
        return [.. all.Where(s => settings.Only.Count == 0 || settings.Only.Contains(s.Name)).Where(s => settings.Long || !s.IsOnce)];
    }

    private static List<Peer> Prepare(Settings settings, Bench bench, List<Scenario> scenarios)
    {
        var peers = settings.Peers.Select(name => (Peer)(name switch
        {
            "stack" => new StackPeer(bench),
            "supervisord" => new SupervisordPeer(bench),
            _ => new Pm2Peer(bench, settings.Pm2),
        })).ToList();
        if (!Tools.Has("gcc"))
        {
            throw new BenchmarkException("The program to supervise is written in C, and there is no gcc on the PATH. Install it (Debian: apt-get install gcc libc6-dev).");
        }

        bench.BuildTiny();
        if (scenarios.Exists(s => s is SiteScenario))
        {
            Console.Error.WriteLine("Publishing the site…");
            bench.PublishSite();
        }

        return peers;
    }

    // Another peer begins each time, so that none always meets the machine as another one left it.
    private static void Measure(Settings settings, Bench bench, List<Scenario> scenarios, List<Peer> peers, RowResults results)
    {
        foreach (var scenario in scenarios)
        {
            for (var round = 0; round < (scenario.IsOnce ? 1 : settings.Rounds); round++)
            {
                Console.Error.WriteLine($"{scenario}, round {round + 1}");
                foreach (var peer in peers.Select((_, i) => peers[(i + round) % peers.Count]).Where(p => !scenario.IsAlone || p is StackPeer))
                {
                    try
                    {
                        scenario.Run(peer, bench, results);
                    }
                    catch (Exception e) when (!bench.Cancelled.IsCancellationRequested)
                    {
                        results.Fail(scenario.ToString(), peer.Name, e is BenchmarkException ? e.Message : e.ToString());
                    }
                }
            }
        }
    }

    private static void Report(Settings settings, List<Peer> peers, RowResults results, string machine)
    {
        List<string> names = [.. peers.Select(p => p.Name)];
        string[] head =
        [
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}. {string.Join(", ", peers.Select(p => p.Version))}.",
            $"Machine: {machine}. {settings.Rounds} {(settings.Rounds == 1 ? "round" : "rounds")}, interleaved; median (smallest–largest).",
        ];
        var text = $"{string.Join('\n', head)}\n\n{Table.Write(results, names)}";
        if (results.Failures.Count > 0)
        {
            text += $"\n\nCould not be measured:\n{string.Join('\n', results.Failures.Select(f => $"- {f.Split('\n')[0]}"))}";
        }

        Console.WriteLine(text);
        if (settings.Json is { } json)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(results.ToList(names), Json));
        }

        if (settings.Markdown is { } markdown)
        {
            Markdown.Replace(markdown, "supervision", text);
        }
    }

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };
}
