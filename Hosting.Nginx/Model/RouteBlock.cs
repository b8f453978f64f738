using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>The locations of one route. Each request looks for two files, and goes straight to the pool of its site where there is neither; with one of them it takes a detour, which looks for the replica that gets none.</summary>
internal static class RouteBlock
{
    // Not used by HTTP, and never seen by a client: it only leads to a location.
    private const int Detour = 418;
    private const string DetourVariable = "$stack_detour";

    /// <summary>What was taken away from the front of the path, for the site to put in front of its links.</summary>
    public const string PrefixVariable = "$stack_prefix";

    /// <summary>At the level of the server, where users may have error pages of their own: one line in a location would discard them all.</summary>
    public static Directive DetourPage { get; } = new("error_page", Detour, "=", NginxValue.Expression(DetourVariable));

    /// <summary>True when a site does not see the whole path.</summary>
    public static bool HasPrefix(NginxPlan plan) => plan.Hosts.Any(host => host.Routes.Any(route => route.StripPrefix));

    /// <param name="plan">The plan.</param>
    /// <param name="route">The route.</param>
    /// <param name="number">0-based number of the route in its server.</param>
    public static IEnumerable<Location> Build(NginxPlan plan, RoutePlan route, int number)
    {
        // Only there the site's own addresses of its files are those that clients use.
        var hasFiles = route.Path == "/" && plan.Options.Assets.TryGetValue(route.Site, out var assets) && assets.Count > 0;
        var (drain, closing, files, rest) = (Name("drain", number), Name("closing", number), Name("static", number), Name("rest", number));
        Directive[] flags = plan.Steering is not { FlagFolder: var folder }
            ? []
            : [Flags.WhenSet(Flags.Closing(folder), TakeDetour(closing)), Flags.WhenSet(Flags.OfSite(folder, route.Site), TakeDetour(drain))];
        Directive[] toFiles = hasFiles ? [StaticBlock.WhenListed(route.Site, TakeDetour(files))] : [];
        foreach (var match in Matches(route.Path))
        {
            yield return new(match, [.. flags, .. toFiles, Pass(NginxNames.Pool(route.Site)), .. Common(plan, route)]);
        }

        if (hasFiles)
        {
            yield return StaticBlock.Location(files, route.Site, $"{plan.Folder}/{NginxNames.AssetFolder}", plan.Steering is null ? rest : drain);
        }

        if (hasFiles && plan.Steering is null)
        {
            yield return new([rest], [Pass(NginxNames.Pool(route.Site)), .. Common(plan, route)]);
        }

        if (plan.Steering is null)
        {
            yield break;
        }

        yield return new([drain], [Choose(route), PassChosen(route), .. Common(plan, route)])
        {
            Comment = "A replica gets no new requests now.",
        };
        yield return new([closing], [new("keepalive_timeout", 0), Choose(route), PassChosen(route), .. Common(plan, route)])
        {
            Comment = "A reload is about to close idle connections of clients: each answer says so before.",
        };
    }

    /// <summary>The path itself, and what is below it: not what only begins with the same letters.</summary>
    private static NginxValue[][] Matches(string path) => path == "/" ? [["/"]] : [[$"{path}/"], ["=", path]];

    private static IEnumerable<Directive> Common(NginxPlan plan, RoutePlan route)
    {
        if (route.StripPrefix)
        {
            yield return new("set", NginxValue.Expression(PrefixVariable), route.Path);
            yield return new("rewrite", NginxValue.Expression($"^{Regex.Escape(route.Path)}/?(.*)$"), NginxValue.Expression("/$1"), "break");
        }

        if (route.Idempotent)
        {
            yield return new("proxy_next_upstream", "error", "timeout", "http_502", "http_503", "non_idempotent");
        }

        if (route.Timeout is { } timeout)
        {
            yield return new("proxy_send_timeout", NginxConfigBuilder.Time(timeout));
            yield return new("proxy_read_timeout", NginxConfigBuilder.Time(timeout));
        }

        yield return new("include", NginxNames.ProxyFile);
        foreach (var snippet in SnippetFiles.Include(plan.Options, NginxScope.Location))
        {
            yield return snippet;
        }
    }

    private static Directive[] TakeDetour(string location) => [new("set", NginxValue.Expression(DetourVariable), location), new("return", Detour)];

    private static string Name(string what, int number) => number == 0 ? $"@{what}" : $"@{what}_{number + 1}";

    private static Directive Choose(RoutePlan route) => new("include", NginxNames.ChoiceFile(route.Site));

    private static Directive Pass(string pool) => new("proxy_pass", NginxValue.Expression($"http://{pool}"));

    private static Directive PassChosen(RoutePlan route) => Pass(NginxNames.PoolVariable(route.Site));
}
