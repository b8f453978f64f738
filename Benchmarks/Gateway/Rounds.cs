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
        => Measure(bench, settings, results, site, load.Text, [.. proxies.Select(p => (load, p))]);

    /// <summary>In another order each time, so that none always meets the machine as another one left it; the same orders in each run.</summary>
    public static void Measure(Bench bench, Settings settings, Results results, StackSite site, string what, (Load Load, Proxy Proxy)[] turns)
    {
        var random = new Random(turns.Length);
        for (var round = 0; round < settings.Rounds; round++)
        {
            Console.Error.WriteLine($"{site.Ports.Count} replicas, {what}, round {round + 1}");
            random.Shuffle(turns);
            foreach (var (load, proxy) in turns)
            {
                bench.Pause(0);
                results.Add(Meter.Measure(load, site, proxy, settings.Seconds));
            }
        }
    }
}
