using System.Text.Json;
using Gateway.Proxies;

namespace Gateway;

/// <summary>What has to be true of the proxies for the comparison to say something; asked before anything is measured.</summary>
internal static class Checks
{
    /// <summary>The same headers reach the site through both.</summary>
    /// <exception cref="BenchmarkException">They do not; the message names them.</exception>
    public static void SameHeaders(Proxy ours, Proxy other)
    {
        var (here, there) = (HeadersAtSite(ours), HeadersAtSite(other));
        if (!here.SetEquals(there))
        {
            throw new BenchmarkException(
                $"'{other.Name}' does not do the same work as '{ours.Name}': the site gets other headers. Missing: {List(here.Except(there))}; too many: {List(there.Except(here))}.");
        }
    }

    private static HashSet<string> HeadersAtSite(Proxy proxy)
    {
        var answer = Probe.Ask(proxy.Ports[0], "/headers") ?? throw new BenchmarkException($"The site does not answer through '{proxy.Name}'.");
        return new HashSet<string>(JsonSerializer.Deserialize<Dictionary<string, string>>(Body(answer))!.Keys, StringComparer.OrdinalIgnoreCase);
    }

    // The probe does not know chunks, and this answer is in one or in none.
    private static string Body(string text) => text[text.IndexOf('{')..(text.LastIndexOf('}') + 1)];

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";
}
