using Gateway.Proxies;

namespace Gateway;

/// <summary>The same replicas behind each proxy in turn.</summary>
internal sealed class Comparison(Bench bench, Settings settings, Results results)
{
    public void Run(int replicas)
    {
        var loads = Load.All.Where(l => settings.Wants(l.Name)).ToList();
        if (loads.Count == 0)
        {
            return;
        }

        using var site = new StackSite(bench, replicas);
        using var classic = StartClassic(bench, site);
        using var equal = StartHaproxy(bench, site, Proxy.HaproxyEqual, site.Configuration);
        using var bare = StartHaproxy(bench, site, Proxy.HaproxyBare, ours: null);
        Checks.SameHeaders(site.Nginx, equal.Proxy);
        List<Proxy> proxies = [site.Direct, classic.Proxy, site.Nginx, equal.Proxy, bare.Proxy];
        Rounds.WarmUp(bench, site, settings.Seconds);
        foreach (var load in loads)
        {
            // Without headers and log it is there for one answer: what those cost.
            Rounds.Measure(bench, settings, results, site, load, [.. proxies.Where(p => p.Name != Proxy.HaproxyBare || load.Name == "page")]);
        }
    }

    public static ProxyProcess StartHaproxy(Bench bench, StackSite site, string name, OurConfiguration? ours)
    {
        var port = Workspace.FreePorts(1);
        return ProxyProcess.StartHaproxy(bench, name, HaproxyConfig.Write(bench.NewFolder("haproxy"), port, site.Ports, ours), port);
    }

    private static ProxyProcess StartClassic(Bench bench, StackSite site)
    {
        var port = Workspace.FreePorts(1);
        return ProxyProcess.StartNginx(bench, Proxy.Classic, ClassicConfig.Write(bench.NewFolder("classic"), port, site.Ports), port);
    }
}
