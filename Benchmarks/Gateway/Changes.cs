using Gateway.Proxies;

namespace Gateway;

/// <summary>Stack's configuration with one change at a time, beside HAProxy: where the site's CPU time goes.</summary>
internal sealed class Changes(Bench bench, Settings settings, Results results)
{
    /// <summary>What the results call the load of this part.</summary>
    public const string Name = "changes";

    private const string NoSpinning = "no spinning in the site";
    private const string NoSpinningHaproxy = "no spinning in the site, HAProxy";

    // Before a thread of .NET's pool goes to sleep it looks for work so many times, and offers the processor to others each time. The default is 70.
    private static readonly (string, string) NoSpinningVariable = ("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0");

    private static readonly int Replicas = Environment.ProcessorCount * 2;

    public void Run()
    {
        var load = Load.All[0] with { Name = Name };
        using var site = new StackSite(bench, Replicas);
        using var other = new StackSite(bench, Replicas, variable: NoSpinningVariable);
        List<ProxyProcess> started = [];
        try
        {
            foreach (var change in Change.All)
            {
                var port = Workspace.FreePorts(1);
                var copy = site.Configuration.Copy(bench.NewFolder("change"), site.NginxPort, port, change.Edits);
                started.Add(ProxyProcess.StartNginx(bench, change.Text, copy, port));
            }

            started.Add(Comparison.StartHaproxy(bench, site, Proxy.HaproxyEqual, site.Configuration));
            started.Add(Comparison.StartHaproxy(bench, site, Proxy.HaproxyBare, ours: null));
            using var otherHaproxy = Comparison.StartHaproxy(bench, other, NoSpinningHaproxy, other.Configuration);
            Turn[] turns =
            [
                new(load, site, site.Direct), new(load, site, site.Nginx), .. started.Select(s => new Turn(load, site, s.Proxy)),
                new(load, other, other.Nginx with { Name = NoSpinning }), new(load, other, otherHaproxy.Proxy),
            ];
            Rounds.WarmUp(bench, site, settings.Seconds);
            Rounds.WarmUp(bench, other, settings.Seconds);
            Rounds.Measure(bench, settings, results, $"{Replicas} replicas, one change at a time", turns);
        }
        finally
        {
            started.ForEach(s => s.Dispose());
        }
    }

    public static string Table(Results results)
    {
        List<IReadOnlyList<string>> lines = [[$"one change at a time: {Load.All[0].Text}, N = {Replicas}", "requests/s", "proxy, µs", "site, µs", "site ÷ Stack's", "sleeps of the site's threads", "new connections, ‰"]];
        lines.AddRange(results.Proxies(Name).OrderBy(p => Array.IndexOf(Order, p)).Select(proxy => (IReadOnlyList<string>)
        [
            proxy, Of(proxy, s => s.RequestsPerSecond), Of(proxy, s => s.ProxyCpu), Of(proxy, s => s.SiteCpu), $"{results.Ratio(Name, Replicas, proxy, Proxy.Stack, s => s.SiteCpu)}",
            Of(proxy, s => s.SiteSleeps), Of(proxy, s => s.NewConnections),
        ]));
        return Markdown.Table(lines);

        string Of(string proxy, Func<Sample, double> value) => $"{results.Of(Name, Replicas, proxy, value)}";
    }

    private static string[] Order => [Proxy.Stack, .. Change.All.Select(c => c.Text), NoSpinning, Proxy.HaproxyEqual, Proxy.HaproxyBare, NoSpinningHaproxy, Proxy.Direct];
}
