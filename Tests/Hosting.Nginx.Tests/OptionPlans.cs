using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Assets;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>Plans with one option each, and one with all of them.</summary>
internal static class OptionPlans
{
    public static IReadOnlyDictionary<string, NginxPlan> All { get; } = new Dictionary<string, NginxPlan>(StringComparer.Ordinal)
    {
        ["tls"] = Site with { Port = 8443, Options = new() { Tls = Tls } },
        ["tls-nginx-1.25.1"] = Plans.Default(replicas: 2, version: "1.25.1") with { Port = 8443, Options = new() { Tls = Tls with { RedirectPort = 8080, Hsts = TimeSpan.FromDays(365) } } },
        ["sticky"] = Site with { Options = new() { StickyCookie = "stack_route" } },
        ["static"] = Site with { Options = new() { Assets = Assets } },
        ["static-published"] = Site with { Steering = null, Options = new() { Assets = Assets } },
        ["limits"] = Site with { Options = new() { Limits = new LimitsPlan(5_000_000, 16_384, TimeSpan.FromSeconds(20), PerClientRate: null) } },
        ["client-rate"] = Site with { Options = new() { Limits = new LimitsPlan(30_000_000, 32_768, TimeSpan.FromSeconds(60), PerClientRate: 50) } },
        ["trusted-proxies"] = Site with { Options = new() { TrustedProxies = ["10.0.0.0/8", "192.168.1.7", "fd00::/8"] } },
        ["routes"] = Several with { Hosts = [new HostPlan(null, [new RoutePlan("/", "site"), Api, new RoutePlan("/api/v2", "site") { Timeout = TimeSpan.FromMinutes(5) }])] },
        ["hosts"] = Several with
        {
            Hosts = [new HostPlan(null, [new RoutePlan("/", "site")]), new HostPlan("api.example", [new RoutePlan("/", "api"), new RoutePlan("/files", "site")]), new HostPlan("*.tenant.example", [new RoutePlan("/v1", "api")])],
        },
        ["hosts-only"] = Several with
        {
            Hosts = [new HostPlan(null, []), new HostPlan("www.example", [new RoutePlan("/", "site")]) { Aliases = ["example"] }, new HostPlan("api.example", [new RoutePlan("/", "api")])],
            Options = new() { HostsOnly = true },
        },
        ["snippets"] = Site with { Options = new() { Snippets = Snippets } },
        ["all-options"] = Several with
        {
            Port = 8443,
            Hosts = [new HostPlan(null, []), new HostPlan("www.example", [new RoutePlan("/", "site"), Api]), new HostPlan("api.example", [new RoutePlan("/", "api")])],
            Options = new()
            {
                Tls = Tls with { RedirectPort = 8080, Hsts = TimeSpan.FromDays(1) },
                StickyCookie = "route",
                Assets = Assets,
                Limits = new LimitsPlan(1_000_000, 8_192, TimeSpan.FromMilliseconds(2_500), PerClientRate: 10),
                TrustedProxies = ["10.0.0.1"],
                HostsOnly = true,
                Snippets = Snippets,
            },
        },
    };

    private static NginxPlan Site => Plans.Default(replicas: 2);

    private static NginxPlan Several => Site with { Upstreams = [.. Site.Upstreams, new UpstreamPlan("api", [new(IPAddress.Loopback, 8101), new(IPAddress.Loopback, 8102)], NginxBalancing.RoundRobin)] };

    private static RoutePlan Api => new("/api", "api") { StripPrefix = true, Idempotent = true };

    private static TlsPlan Tls => new("/etc/ssl/site \"one\".crt", "/etc/ssl/site; two.key", RedirectPort: null, Hsts: null);

    private static Dictionary<string, IReadOnlyList<StaticAsset>> Assets => new(StringComparer.Ordinal)
    {
        ["site"] =
        [
            new("/css/site.b9sayid5wm.css", "site/0123456789ab/files/css/site.css"),
            new("/css/site.css?v=PiNBPU-luwSreAoeUuisoKf6HHG0ZYpPU-c2K4vSaBc", "site/0123456789ab/files/css/site.css"),
            new("/my \"odd\"; {file} \\ of mine.js", "site/0123456789ab/files/my \"odd\"; {file} \\ of mine.js"),
            new($"/{new string('l', 300)}.abc.js", "site/0123456789ab/files/long.js"),
        ],
    };

    private static Snippet[] Snippets =>
    [
        new(NginxScope.Main, "worker_priority 5;"),
        new(NginxScope.Http, "map $arg_theme $theme {\r\n    default light;\r\n    dark dark;\r\n}"),
        new(NginxScope.Server, "location = /robots.txt {\n    return 200 \"User-agent: *\";\n}\n"),
        new(NginxScope.Location, "proxy_set_header X-Theme $theme;\nproxy_read_timeout 300s;"),
        new(NginxScope.Location, "proxy_buffering off;"),
    ];
}
