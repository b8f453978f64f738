using System.Net;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The server that takes the requests of clients.</summary>
internal static class ServerBlock
{
    private const int Misdirected = 421;

    public static Server Build(NginxPlan plan, HostPlan host) => new()
    {
        Directives =
        [
            .. plan.ListenOn.Select(address => Listen(plan, new IPEndPoint(address, plan.Port), isDefault: host.Name is null)),
            new("server_name", [host.Name ?? "_", .. host.Aliases.Select(alias => (NginxValue)alias)]),
            .. plan.Options.Tls is null ? Array.Empty<Directive>() : [new("include", NginxNames.TlsFile)],
            .. LimitsBlock.Server(plan.Options.Limits),
            AddHeader("X-Content-Type-Options", HttpMaps.NoSniff),
            AddHeader("Referrer-Policy", HttpMaps.ReferrerPolicy),
            .. StickyBlock.Server(plan.Options),
            .. ErrorPages.Server(plan.Options),
            .. plan.Steering is null ? Array.Empty<Directive>() : [RouteBlock.DetourPage],
            .. RouteBlock.HasPrefix(plan) ? [new Directive("set", NginxValue.Expression(RouteBlock.PrefixVariable), "")] : Array.Empty<Directive>(),
            new("include", "conf.d/server*.conf"),
            .. SnippetFiles.Include(plan.Options, NginxScope.Server),
        ],
        Locations =
        [
            .. host.Routes.SelectMany((route, number) => RouteBlock.Build(plan, route, number)),
            .. Otherwise(plan, host),
            new(["~*", NginxValue.Expression("^/(health|alive)/?$")], [new("return", 404)])
            {
                Comment = "How a single replica is doing is nobody's business outside. ASP.NET Core's routes ignore case and a slash at the end.",
            },
            new(["=", NginxNames.HealthPath],
            [
                new("default_type", "text/plain"),
                new("if", NginxValue.Expression($"({HttpMaps.OwnProbe})")) { Children = [new("return", 200, "ok")] },
                new("return", 404),
            ])
            {
                Comment = "Says to the supervisor that Nginx takes requests, whatever the replicas do.",
            },
        ],
    };

    internal static Directive AddHeader(string name, string expression) =>
        new("add_header", name, NginxValue.Expression(expression), "always");

    /// <summary>What is answered where no route leads: without it Nginx would look for files of its own.</summary>
    private static IEnumerable<Location> Otherwise(NginxPlan plan, HostPlan host)
    {
        if (host.Routes.All(route => route.Path != "/"))
        {
            yield return host.Name is null && plan.Options.HostsOnly
                ? new(["/"], [new("return", Misdirected)]) { Comment = "A host that is none of ours." }
                : new(["/"], [new("return", 404)]) { Comment = "No route leads here." };
        }
    }

    private static Directive Listen(NginxPlan plan, IPEndPoint address, bool isDefault) =>
        new("listen", [address.ToString(), .. TlsBlock.Listen(plan.Options.Tls, plan.Version), .. isDefault ? ["default_server"] : Array.Empty<NginxValue>()]);
}
