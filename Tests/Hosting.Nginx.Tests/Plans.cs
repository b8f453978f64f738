using System.Net;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>Plans for tests.</summary>
internal static class Plans
{
    public const string Folder = "/var/lib/stack/stack/nginx";

    /// <summary>The product's own AppHost on a machine with two processors, or one like it.</summary>
    public static NginxPlan Default(int replicas = 4, string version = "1.22.1") => new()
    {
        Name = "nginx",
        Port = 8080,
        Upstreams = [new UpstreamPlan("site", [.. Enumerable.Range(8001, replicas).Select(port => new IPEndPoint(IPAddress.Loopback, port))])],
        Hosts = [new HostPlan(null, [new RoutePlan("/", "site")])],
        Steering = new SteeringPlan($"{Folder}/flags", "/run/stack/stack/nginx-admin.sock"),
        Version = NginxVersion.Parse($"version: nginx/{version}")!.Value,
        Folder = Folder,
        Processors = Math.Max(1, replicas / 2),
    };

    /// <summary>The plan with its one upstream changed.</summary>
    public static NginxPlan With(this NginxPlan plan, Func<UpstreamPlan, UpstreamPlan> change) => plan.WithUpstream(change(plan.Upstreams[0]));

    /// <summary>The plan with another upstream, which gets all requests.</summary>
    public static NginxPlan WithUpstream(this NginxPlan plan, UpstreamPlan upstream) =>
        plan with { Upstreams = [upstream], Hosts = [new HostPlan(null, [new RoutePlan("/", upstream.Site)])] };
}
