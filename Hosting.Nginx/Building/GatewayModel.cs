using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Building;

/// <summary>Reads from the annotations of Nginx which host and path lead to which site, and what was asked for beyond that.</summary>
internal static class GatewayModel
{
    /// <summary>The host without a name first.</summary>
    /// <exception cref="DistributedApplicationException">Hosts without a name are to be refused, and a site has no other.</exception>
    public static IReadOnlyList<HostPlan> Hosts(NginxResource nginx)
    {
        var routes = nginx.Annotations.OfType<NginxRouteAnnotation>().ToList();
        var unnamed = routes.Where(route => route.Host is null).Select(Route).ToList();
        var named = routes.Where(route => route.Host is not null).GroupBy(route => route.Host).Select(host => new HostPlan(host.Key, [.. host.Select(Route)]));
        if (!nginx.TryGetLastAnnotation<NginxHostsOnlyAnnotation>(out var only))
        {
            return [new HostPlan(null, unnamed), .. named];
        }

        if (only.Hosts.Count > 0)
        {
            return [new HostPlan(null, []), new HostPlan(only.Hosts[0], unnamed) { Aliases = [.. only.Hosts.Skip(1)] }, .. named];
        }

        return unnamed is [var lost, ..]
            ? throw new DistributedApplicationException(
                $"WithHostsOnly of Nginx '{nginx.Name}' refuses all requests for '{lost.Site}': its path '{lost.Path}' belongs to no host with a name. Name the hosts, WithHostsOnly(\"www.example.org\"), or declare it with WithHost.")
            : [new HostPlan(null, []), .. named];
    }

    /// <param name="nginx">Nginx.</param>
    /// <param name="appHostDirectory">What relative paths are relative to.</param>
    /// <param name="redirectPort">The port whose requests are sent to the encrypted one.</param>
    /// <exception cref="DistributedApplicationException">Nginx is to send files of a site that is not behind it.</exception>
    public static GatewayOptions Options(NginxResource nginx, string appHostDirectory, int? redirectPort)
    {
        ThrowIfUnknown(nginx);
        return new GatewayOptions
        {
            Limits = nginx.TryGetLastAnnotation<NginxLimitsAnnotation>(out var limits) ? new LimitsPlan(limits.Body, limits.Headers, limits.Timeout, limits.PerClientRate) : null,
            Tls = nginx.TryGetLastAnnotation<NginxTlsAnnotation>(out var tls)
                ? new TlsPlan(Path.GetFullPath(tls.Certificate, appHostDirectory), Path.GetFullPath(tls.Key, appHostDirectory), redirectPort, tls.Hsts)
                : null,
            StickyCookie = nginx.TryGetLastAnnotation<NginxStickyAnnotation>(out var sticky) ? sticky.Cookie : null,
            TrustedProxies = [.. nginx.Annotations.OfType<NginxTrustedProxiesAnnotation>().SelectMany(annotation => annotation.Proxies)],
            HostsOnly = nginx.Annotations.OfType<NginxHostsOnlyAnnotation>().Any(),
            Snippets = [.. nginx.Annotations.OfType<NginxSnippetAnnotation>().Select(snippet => new Snippet(snippet.Scope, snippet.Text))],
        };
    }

    /// <summary>The sites whose files Nginx is to send.</summary>
    public static IEnumerable<ProjectResource> SitesWithFiles(NginxResource nginx) => nginx.Annotations.OfType<NginxStaticFilesAnnotation>().Select(files => files.Site).Distinct();

    private static RoutePlan Route(NginxRouteAnnotation route) =>
        new(route.Path, route.Site.Name) { StripPrefix = route.StripPrefix, Idempotent = route.Idempotent, Timeout = route.Timeout };

    private static void ThrowIfUnknown(NginxResource nginx)
    {
        var known = nginx.Annotations.OfType<NginxRouteAnnotation>().Where(route => route.Path == "/").Select(route => route.Site).ToHashSet();
        if (SitesWithFiles(nginx).FirstOrDefault(site => !known.Contains(site)) is { } unknown)
        {
            throw new DistributedApplicationException(
                $"Nginx '{nginx.Name}' can't send the static files of '{unknown.Name}': no route with the path '/' leads there, and only there have its files the addresses that clients ask for. Add WithUpstream or WithHost for it.");
        }
    }
}
