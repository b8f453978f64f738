using System.Net;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The server that takes the requests of clients.</summary>
internal static class ServerBlock
{
    private const string ErrorPage = "/stack-errors/502.html";

    public static Server Build(NginxPlan plan, HostPlan host) => new()
    {
        Directives =
        [
            .. plan.ListenOn.Select(address => Listen(new IPEndPoint(address, plan.Port), isDefault: host.Name is null)),
            new("server_name", host.Name ?? "_"),
            new("recursive_error_pages", "on") { Comment = "The page for errors works in the locations that others lead to, too." },
            new("client_max_body_size", "30m")
            {
                Comment = "A little above Kestrel's 30,000,000 bytes, so that the site gives the answer. Nginx's own default is 1m.",
            },
            AddHeader("X-Content-Type-Options", HttpMaps.NoSniff),
            AddHeader("Referrer-Policy", HttpMaps.ReferrerPolicy),
            new("error_page", 502, 504, ErrorPage) { Comment = "For errors of Nginx's own making only: what a replica answers passes unchanged." },
            .. plan.Steering is null ? Array.Empty<Directive>() : [RouteBlock.DetourPage],
            new("include", "conf.d/server*.conf"),
        ],
        Locations =
        [
            .. host.Routes.SelectMany((route, number) => RouteBlock.Build(plan, route, number)),
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
            new(["=", ErrorPage],
            [
                new("internal"),
                new("alias", $"{plan.Folder}/{NginxNames.CurrentLink}/{NginxNames.ErrorPageFile}"),
                new("charset", "utf-8"),
                new("ssi", "on") { Comment = "Puts the request id into the page." },
                AddHeader("X-Request-ID", HttpMaps.RequestId),
                AddHeader("X-Content-Type-Options", "nosniff"),
                AddHeader("Cache-Control", "no-store"),
            ]),
        ],
    };

    private static Directive Listen(IPEndPoint address, bool isDefault) => isDefault ? new("listen", address.ToString(), "default_server") : new("listen", address.ToString());

    private static Directive AddHeader(string name, string expression) =>
        new("add_header", name, NginxValue.Expression(expression), "always");
}
