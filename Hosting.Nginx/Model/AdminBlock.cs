namespace Stack.Hosting.Nginx.Model;

/// <summary>The server on which Nginx tells the AppHost what it does: on a socket, so that nobody else reaches it.</summary>
internal static class AdminBlock
{
    public const string VersionPath = "/version";
    public const string StatusPath = "/status";

    /// <summary>Path that tells the pool which the next request of a site goes to.</summary>
    public static string PoolPath(string site) => $"/pool/{site}";

    public static Server Build(NginxPlan plan, string flagFolder, string socket) => new()
    {
        Comment = "For the AppHost alone: which configuration is in use, and what its flags have done.",
        Directives =
        [
            new("listen", $"unix:{socket}"),
            new("access_log", "off"),
            new("default_type", "text/plain"),
            new("recursive_error_pages", "on"),
        ],
        Locations =
        [
            new(["=", VersionPath], [new("return", 200, NginxValue.Expression(NginxNames.RevisionVariable))]),
            new(["=", StatusPath], [new("stub_status")]),
            .. plan.Upstreams.SelectMany((upstream, number) => PoolLocations(upstream, flagFolder, number)),
        ],
    };

    // By the same two steps as a request.
    private static IEnumerable<Location> PoolLocations(UpstreamPlan upstream, string flags, int number)
    {
        var chosen = $"@pool_{number + 1}";
        yield return new(["=", PoolPath(upstream.Site)],
        [
            Flags.WhenSet(Flags.OfSite(flags, upstream.Site), new Directive("return", 418)),
            new("error_page", 418, "=", chosen),
            new("return", 200, NginxNames.Pool(upstream.Site)),
        ]);
        yield return new([chosen],
        [
            new("include", NginxNames.ChoiceFile(upstream.Site)),
            new("return", 200, NginxValue.Expression(NginxNames.PoolVariable(upstream.Site))),
        ]);
    }
}
