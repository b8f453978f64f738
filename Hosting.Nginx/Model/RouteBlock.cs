namespace Stack.Hosting.Nginx.Model;

/// <summary>The locations of one route. Each request looks for two files, and goes straight to the pool of its site where there is neither; with one of them it takes a detour, which looks for the replica that gets none.</summary>
internal static class RouteBlock
{
    // Not used by HTTP, and never seen by a client: it only leads to a location.
    private const int Detour = 418;
    private const string DetourVariable = "$stack_detour";

    /// <summary>At the level of the server, where users may have error pages of their own: one line in a location would discard them all.</summary>
    public static Directive DetourPage { get; } = new("error_page", Detour, "=", NginxValue.Expression(DetourVariable));

    /// <param name="plan">The plan.</param>
    /// <param name="route">The route.</param>
    /// <param name="number">0-based number of the route in its server.</param>
    public static IEnumerable<Location> Build(NginxPlan plan, RoutePlan route, int number)
    {
        var pool = NginxNames.Pool(route.Site);
        if (plan.Steering is not { FlagFolder: var flags })
        {
            yield return new([route.Path], [Pass(pool), .. Common()]);
            yield break;
        }

        var (drain, closing) = (Name("drain", number), Name("closing", number));
        yield return new([route.Path],
        [
            Flags.WhenSet(Flags.Closing(flags), TakeDetour(closing)),
            Flags.WhenSet(Flags.OfSite(flags, route.Site), TakeDetour(drain)),
            Pass(pool),
            .. Common(),
        ]);
        yield return new([drain], [Choose(route), PassChosen(route), .. Common()])
        {
            Comment = "A replica gets no new requests now.",
        };
        yield return new([closing], [new("keepalive_timeout", 0), Choose(route), PassChosen(route), .. Common()])
        {
            Comment = "A reload is about to close idle connections of clients: each answer says so before.",
        };
    }

    private static Directive[] TakeDetour(string location) => [new("set", NginxValue.Expression(DetourVariable), location), new("return", Detour)];

    private static string Name(string what, int number) => number == 0 ? $"@{what}" : $"@{what}_{number + 1}";

    private static Directive Choose(RoutePlan route) => new("include", NginxNames.ChoiceFile(route.Site));

    private static Directive Pass(string pool) => new("proxy_pass", NginxValue.Expression($"http://{pool}"));

    private static Directive PassChosen(RoutePlan route) => Pass(NginxNames.PoolVariable(route.Site));

    private static IEnumerable<Directive> Common() => [new("include", NginxNames.ProxyFile)];
}
