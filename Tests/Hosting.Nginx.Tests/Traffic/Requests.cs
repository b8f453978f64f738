using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;

namespace Stack.Hosting.Nginx.Tests.Traffic;

/// <summary>What a gateway is asked to serve in tests.</summary>
internal static class Requests
{
    public static NginxRequest Of(string folder, int replicas) => new()
    {
        Name = "nginx",
        Port = 8080,
        Upstreams = [Upstream(replicas)],
        Hosts = [new HostPlan(null, [new RoutePlan("/", "site")])],
        AdminSocket = Path.Combine(folder, "admin.sock"),
        Folder = folder,
        Runtime = new RuntimeWish { Name = "nginx", Runtime = NginxRuntime.Process, Image = "nginx" },
    };

    public static UpstreamPlan Upstream(int replicas) => new("site", [.. Enumerable.Range(0, replicas).Select(Address)]);

    public static IPEndPoint Address(int index) => new(IPAddress.Loopback, 8001 + index);
}
