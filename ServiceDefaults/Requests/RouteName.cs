using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;

namespace Stack.ServiceDefaults.Requests;

/// <summary>
/// The names under which an endpoint is reported: <c>http.route</c> is the text of its route, <c>stack.route</c> has controller and
/// action filled in, for MVC's conventional routing has one text for all of them.
/// </summary>
internal sealed record RouteName(string HttpRoute, string StackRoute, bool IsStaticAsset = false)
{
    // Static assets are hundreds of endpoints, and with their fingerprints new ones at each deploy.
    private static readonly RouteName StaticAsset = new("{static}", "{static}", IsStaticAsset: true);

    private static readonly ConditionalWeakTable<Endpoint, RouteName> Known = [];

    /// <summary>Stands in for a static asset's own endpoint once the request is done, so that the framework's metrics take its route.</summary>
    public static Endpoint StaticAssetEndpoint { get; } =
        new(requestDelegate: null, new EndpointMetadataCollection(new StaticAssetRoute()), "Static asset");

    public static RouteName? Of(Endpoint? endpoint)
    {
        if (endpoint is null)
        {
            return null;
        }

        if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)
        {
            return StaticAsset;
        }

        return endpoint is RouteEndpoint { RoutePattern.RawText: not null } route ? Known.GetValue(route, static known => Make((RouteEndpoint)known)) : null;
    }

    private static RouteName Make(RouteEndpoint endpoint)
    {
        // The start page of Razor Pages has an empty text; the framework's metrics call it "/" too.
        var text = endpoint.RoutePattern.RawText is { Length: > 0 } given ? given : "/";
        var filled = text;
        foreach (var (name, value) in endpoint.RoutePattern.RequiredValues)
        {
            if (value is string { Length: > 0 } word)
            {
                filled = Regex.Replace(filled, $@"\{{\*{{0,2}}{Regex.Escape(name)}([:=?][^{{}}]*)?\}}", word.Replace("$", "$$"),
                    RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            }
        }

        return new(text, filled);
    }

    private sealed class StaticAssetRoute : IRouteDiagnosticsMetadata
    {
        public string Route => StaticAsset.HttpRoute;
    }
}
