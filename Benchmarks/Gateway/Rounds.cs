using Gateway.Proxies;

namespace Gateway;

/// <summary>Measures in turns.</summary>
internal static class Rounds
{
    /// <summary>Until the runtime has compiled what is asked for most.</summary>
    public static void WarmUp(Bench bench, StackSite site, int seconds)
    {
        Console.Error.WriteLine($"{site.Ports.Count} replicas: warming up");
        foreach (var load in Load.All.Concat(Load.All))
        {
            load.Send(site.Ports, Math.Max(seconds, site.Ports.Count / 2));
            bench.Pause(0);
        }
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
