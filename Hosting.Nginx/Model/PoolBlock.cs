using System.Net;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The groups of a site's replicas: all of them, and for each of them one with all the others, for the time in which that one gets no requests.</summary>
internal static class PoolBlock
{
    private const int KeepAlivePerReplica = 64;
    private const int LeastKeepAlive = 128;

    // A quarter of worker_connections.
    private const int MostKeepAlive = 1024;

    public static IEnumerable<Pool> Build(UpstreamPlan upstream, NginxPlan plan)
    {
        yield return Build(NginxNames.Pool(upstream.Site), upstream.Servers, upstream, plan);
        foreach (var replica in HasChoice(upstream, plan) ? upstream.Servers : [])
        {
            yield return Build(NginxNames.PoolWithout(upstream.Site, replica.Port), upstream.Servers.Where(server => !server.Equals(replica)), upstream, plan);
        }
    }

    /// <summary>Sets the variable for the pool to the one that serves now. At most one replica of a site has a flag.</summary>
    public static IReadOnlyList<Directive> Choice(UpstreamPlan upstream, NginxPlan plan) =>
    [
        new("set", NginxValue.Expression(NginxNames.PoolVariable(upstream.Site)), NginxNames.Pool(upstream.Site)),
        .. (HasChoice(upstream, plan) ? upstream.Servers : []).Select(replica => Flags.WhenSet(
            Flags.OfReplica(plan.Steering!.FlagFolder, upstream.Site, replica.Port),
            new Directive("set", NginxValue.Expression(NginxNames.PoolVariable(upstream.Site)), NginxNames.PoolWithout(upstream.Site, replica.Port)))),
    ];

    private static bool HasChoice(UpstreamPlan upstream, NginxPlan plan) => plan.Steering is not null && upstream.Servers.Count > 1;

    /// <summary>Room for all requests in flight at a time: a worker closes what does not fit when they end together, and the next ones begin with new connections.</summary>
    private static int KeepAlive(int replicas) => Math.Clamp(replicas * KeepAlivePerReplica, LeastKeepAlive, MostKeepAlive);

    private static Pool Build(string name, IEnumerable<IPEndPoint> servers, UpstreamPlan upstream, NginxPlan plan) => new()
    {
        Name = name,
        Balancing = upstream.Balancing,
        IsSticky = plan.Options.StickyCookie is not null,
        Servers = [.. servers.Select(server => new PoolServer(upstream.Hosts.GetValueOrDefault(server) is { } host ? $"{host}:{server.Port}" : server.ToString(), upstream.Down.Contains(server)))],
        KeepAlive = KeepAlive(upstream.Servers.Count),
        KeepAliveTimeout = plan.Timings.UpstreamKeepAlive,
    };
}
