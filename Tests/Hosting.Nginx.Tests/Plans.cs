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
        Upstream = new UpstreamPlan("site", [.. Enumerable.Range(8001, replicas).Select(port => new IPEndPoint(IPAddress.Loopback, port))]),
        Version = NginxVersion.Parse($"version: nginx/{version}")!.Value,
        Folder = Folder,
        Processors = Math.Max(1, replicas / 2),
    };
}
