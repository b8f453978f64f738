using Gateway.Proxies;

namespace Gateway;

/// <summary>Measures in turns.</summary>
internal static class Rounds
{
    private const double IdleShare = 0.05;

    /// <summary>Asks for everything twice, and waits each time until the runtime has compiled what was asked for: it does that when it finds the time.</summary>
    public static void WarmUp(Bench bench, StackSite site, int seconds)
    {
        for (var pass = 1; pass <= 2; pass++)
        {
            Console.Error.WriteLine($"{site.Ports.Count} replicas: warming up, {pass} of 2");
            foreach (var load in Load.All)
            {
                load.Send(site.Ports, Math.Max(seconds, site.Ports.Count / 2));
                bench.Pause(0);
            }

            bench.Until(() => IsIdle(bench, site), Workspace.Now, 120, "an idle site after warming up");
        }
    }

    private static bool IsIdle(Bench bench, StackSite site)
    {
        var before = site.Processes.Sum(p => p.CpuSeconds);
        bench.Pause(1);
        return site.Processes.Sum(p => p.CpuSeconds) - before < IdleShare;
    }

    public static void Measure(Bench bench, Settings settings, Results results, StackSite site, Load load, IReadOnlyList<Proxy> proxies)
        => Measure(bench, settings, results, $"{site.Ports.Count} replicas, {load.Text}", [.. proxies.Select(p => new Turn(load, site, p))]);

    /// <summary>In another order each time, so that none always meets the machine as another one left it; the same orders in each run.</summary>
    public static void Measure(Bench bench, Settings settings, Results results, string what, Turn[] turns)
    {
        var random = new Random(turns.Length);
        for (var round = 0; round < settings.Rounds; round++)
        {
            Console.Error.WriteLine($"{what}, round {round + 1}");
            random.Shuffle(turns);
            foreach (var turn in turns)
            {
                bench.Pause(0);
                results.Add(Meter.Measure(turn, settings.Seconds));
            }
        }
    }
}

/// <summary>One load through one proxy to one site.</summary>
internal sealed record Turn(Load Load, StackSite Site, Proxy Proxy);
