using System.Net;
using System.Text.RegularExpressions;

namespace Stack.Hosting.Nginx.Model;

/// <summary>What is wrong with routes and options, each naming the call that says so. What gets through here can't carry a directive into the configuration.</summary>
internal static partial class OptionChecks
{
    private const int LeastHeaders = 4096;

    /// <summary>Kestrel reads a request into a buffer of a mebibyte, which the headers have to fit into with what Nginx adds.</summary>
    private const int MostHeaders = 1_000_000;

    public static IEnumerable<string> Errors(NginxPlan plan) =>
        [.. HostErrors(plan), .. plan.Hosts.SelectMany(host => host.Routes).SelectMany(RouteErrors), .. LimitErrors(plan.Options.Limits), .. TlsErrors(plan), .. OtherErrors(plan.Options)];

    private static IEnumerable<string> HostErrors(NginxPlan plan)
    {
        var names = plan.Hosts.SelectMany(host => host.Aliases.Prepend(host.Name)).OfType<string>().ToList();
        foreach (var name in names.Where(name => !HostName().IsMatch(name)))
        {
            yield return $"'{NginxPlanChecks.Visible(name)}' given to WithHost or WithHostsOnly is not the name of a host. Use letters, digits, hyphens and dots, without a port; '*.example.org' stands for all below example.org.";
        }

        foreach (var twice in names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"The host '{NginxPlanChecks.Visible(twice.Key)}' is given {twice.Count()} times, to WithHost and WithHostsOnly. Name it once.";
        }

        if (plan.Options.HostsOnly && names.Count == 0)
        {
            yield return "WithHostsOnly would refuse every request: no host has a name. Name the hosts, WithHostsOnly(\"www.example.org\"), or declare some with WithHost.";
        }
    }

    private static IEnumerable<string> RouteErrors(RoutePlan route)
    {
        if (!RoutePath().IsMatch(route.Path))
        {
            yield return $"The path '{NginxPlanChecks.Visible(route.Path)}' given to WithRoute has to begin with '/' and may hold letters, digits and any of '/._~@:+,=-', as in \"/api\".";
        }

        if (route is { StripPrefix: true, Path: "/" })
        {
            yield return $"stripPrefix given to WithRoute(\"/\", {NginxPlanChecks.Visible(route.Site)}) has nothing to take away. Leave it out.";
        }

        if (route.Timeout is { } timeout && timeout < TimeSpan.FromSeconds(1))
        {
            yield return $"The timeout {timeout.TotalSeconds:0.###} s of the route '{NginxPlanChecks.Visible(route.Path)}' is too short. Use a second or more.";
        }
    }

    private static IEnumerable<string> LimitErrors(LimitsPlan? limits)
    {
        if (limits is null)
        {
            yield break;
        }

        if (limits.Body < 1)
        {
            yield return $"body: {limits.Body} given to WithLimits lets no body through. Use the number of bytes that one may have.";
        }

        if (limits.Headers is < LeastHeaders or > MostHeaders)
        {
            yield return $"headers: {limits.Headers} given to WithLimits is not between {LeastHeaders} and {MostHeaders} bytes.";
        }

        if (limits.Timeout < TimeSpan.FromSeconds(1))
        {
            yield return $"timeout: {limits.Timeout.TotalSeconds:0.###} s given to WithLimits is too short. Use a second or more.";
        }

        if (limits.PerClientRate is < 1 or > 1_000_000)
        {
            yield return $"perClientRate: {limits.PerClientRate} given to WithLimits is not between 1 and 1000000 requests per second.";
        }
    }

    private static IEnumerable<string> TlsErrors(NginxPlan plan)
    {
        if (plan.Options.Tls is not { } tls)
        {
            yield break;
        }

        foreach (var path in new[] { tls.Certificate, tls.Key }.Where(path => !NginxPlanChecks.IsUsablePath(path)))
        {
            yield return $"The path '{NginxPlanChecks.Visible(path)}' given to WithTls may hold no '$' and no control character: Nginx would take '$' for the start of a variable.";
        }

        if (tls.RedirectPort is { } port && (port is < 1 or > IPEndPoint.MaxPort || port == plan.Port || plan.Upstreams.Any(upstream => upstream.Servers.Any(server => server.Port == port))))
        {
            yield return $"httpPort: {port} given to WithTls is no port, or one that Nginx or a replica has already. Use another one, usually 80.";
        }

        if (tls.Hsts is { } hsts && hsts < TimeSpan.FromSeconds(1))
        {
            yield return $"hsts: {hsts.TotalSeconds:0.###} s given to WithTls is too short. Use a second or more, usually 365 days.";
        }
    }

    private static IEnumerable<string> OtherErrors(GatewayOptions options)
    {
        if (options.StickyCookie is { } cookie && !CookieName().IsMatch(cookie))
        {
            yield return $"The name '{NginxPlanChecks.Visible(cookie)}' given to WithStickySessions may hold letters, digits and '_' only.";
        }

        foreach (var proxy in options.TrustedProxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)))
        {
            yield return $"'{NginxPlanChecks.Visible(proxy)}' given to WithTrustedProxies is neither an address nor a range such as 10.0.0.0/8.";
        }

        foreach (var (index, snippet) in options.Snippets.Index())
        {
            if (string.IsNullOrWhiteSpace(snippet.Text) || !Enum.IsDefined(snippet.Scope) || snippet.Text.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')))
            {
                yield return $"Call {index + 1} of WithConfig (NginxScope.{snippet.Scope}) needs a scope and lines of configuration, without control characters.";
            }
        }
    }

    [GeneratedRegex(@"\A(\*\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A/([A-Za-z0-9._~@:+,=-]+(/[A-Za-z0-9._~@:+,=-]+)*)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RoutePath();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]{0,63}\z", RegexOptions.None, 1000)]
    private static partial Regex CookieName();
}
