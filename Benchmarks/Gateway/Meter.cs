using System.Globalization;

using Gateway.Proxies;

namespace Gateway;

/// <summary>Takes a turn.</summary>
internal static class Meter
{
    public static Sample Measure(Turn turn, double seconds)
    {
        var (load, site, proxy) = turn;
        var before = Counters.Read(site, proxy);
        var result = load.Send(proxy.Ports, seconds);
        var after = Counters.Read(site, proxy);
        var requests = Math.Max(1, result.Requests);
        return new Sample
        {
            Load = load.Name,
            Replicas = site.Ports.Count,
            Proxy = proxy.Name,
            RequestsPerSecond = result.Requests / result.Seconds,
            P50 = result.P50,
            P99 = result.P99,
            ProxyCpu = (after.ProxyCpu - before.ProxyCpu) / requests * 1e6,
            SiteCpu = (after.SiteCpu - before.SiteCpu) / requests * 1e6,
            LoadCpu = result.CpuSeconds / requests * 1e6,
            SiteSleeps = (after.SiteSleeps - before.SiteSleeps) / requests,

            // The second reading takes one of each replica.
            NewConnections = (after.Connections - before.Connections - site.Ports.Count) / requests * 1000,
            Failed = result.Failed,
        };
    }

    private sealed record Counters(double ProxyCpu, double SiteCpu, double SiteSleeps, double Connections)
    {
        public static Counters Read(StackSite site, Proxy proxy) => new(
            proxy.Processes.Sum(p => p.CpuSeconds),
            site.Processes.Sum(p => p.CpuSeconds),
            site.Processes.Sum(p => (double)p.Sleeps),
            site.Ports.Sum(port => double.Parse(Probe.Ask(port, "/connections") ?? throw new BenchmarkException($"The replica on port {port} does not answer."), CultureInfo.InvariantCulture)));
    }
}
