using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

public static partial class NginxResourceBuilderExtensions
{
    /// <summary>
    /// Sends all requests that no other route is meant for to the replicas of a site. What refers to the site gets Nginx's address from then on. Nginx starts as soon as one
    /// replica is ready.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="site">The site.</param>
    /// <param name="balancing">How the replica for a request is chosen.</param>
    /// <exception cref="DistributedApplicationException">Such requests go to a site already.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site, NginxBalancing.RandomTwo);</code></example>
    public static IResourceBuilder<NginxResource> WithUpstream(
        this IResourceBuilder<NginxResource> builder, IResourceBuilder<ProjectResource> site, NginxBalancing balancing = NginxBalancing.LeastConnections)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(site);
        return builder.AddRoute(new NginxRouteAnnotation(null, "/", site.Resource), site, balancing);
    }

    /// <summary>Sends the requests for a path, and for all below it, to the replicas of a site. The longest path wins; letters count as they are written.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="path">The path, for example <c>/api</c>: it stands for <c>/api</c> and <c>/api/…</c>, not for <c>/apiary</c>.</param>
    /// <param name="site">The site.</param>
    /// <param name="stripPrefix">True: the site sees <c>/orders</c> for <c>/api/orders</c>, and the path in <c>X-Forwarded-Prefix</c>. <c>%2F</c> in the rest is decoded then, and <c>//</c> becomes <c>/</c>.</param>
    /// <param name="idempotent">True: a POST may be sent to a second replica when the first one does not answer, though it may have executed it. False: only what was not sent yet, and methods that may be repeated.</param>
    /// <param name="timeout">How long a replica may say nothing; null: as all (<see cref="WithLimits"/>, 60 s).</param>
    /// <param name="host">Name of the host that the path belongs to; null: every host without routes of its own.</param>
    /// <param name="balancing">How the replica for a request is chosen; the same for all routes of a site.</param>
    /// <exception cref="DistributedApplicationException">The path leads to a site already, or the site's replicas are chosen in another way by another route; at start: path or host are not possible.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithRoute("/api", api, stripPrefix: true);</code></example>
    public static IResourceBuilder<NginxResource> WithRoute(
        this IResourceBuilder<NginxResource> builder,
        string path,
        IResourceBuilder<ProjectResource> site,
        bool stripPrefix = false,
        bool idempotent = false,
        TimeSpan? timeout = null,
        string? host = null,
        NginxBalancing balancing = NginxBalancing.LeastConnections)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(site);
        var trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
        return builder.AddRoute(
            new NginxRouteAnnotation(host?.ToLowerInvariant(), trimmed.Length > 0 ? trimmed : "/", site.Resource) { StripPrefix = stripPrefix, Idempotent = idempotent, Timeout = timeout }, site, balancing);
    }

    /// <summary>Sends all requests for a host to the replicas of a site. More paths of the host: <see cref="WithRoute"/> with <c>host:</c>. Requests for hosts that were not named go to the site of <see cref="WithUpstream"/>.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="host">Name of the host, without a port; <c>*.example.org</c> stands for all below example.org.</param>
    /// <param name="site">The site.</param>
    /// <param name="balancing">How the replica for a request is chosen; the same for all routes of a site.</param>
    /// <exception cref="DistributedApplicationException">The host leads to a site already; at start: it is not the name of a host.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithHost("admin.example.org", admin);</code></example>
    public static IResourceBuilder<NginxResource> WithHost(
        this IResourceBuilder<NginxResource> builder, string host, IResourceBuilder<ProjectResource> site, NginxBalancing balancing = NginxBalancing.LeastConnections)
    {
        ArgumentNullException.ThrowIfNull(host);
        return builder.WithRoute("/", site, host: host, balancing: balancing);
    }

    /// <summary>Refuses requests for hosts that were not named, with 421. A request with a forged <c>Host</c> then reaches no site.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="hosts">Names of the host of <see cref="WithUpstream"/> and of the routes without a host; those given to <see cref="WithHost"/> need not be named again.</param>
    /// <exception cref="DistributedApplicationException">At start: no host has a name at all, or one is not the name of a host.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 443).WithUpstream(site).WithHostsOnly("example.org", "www.example.org");</code></example>
    public static IResourceBuilder<NginxResource> WithHostsOnly(this IResourceBuilder<NginxResource> builder, params string[] hosts)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(hosts);
        return builder.WithAnnotation(new NginxHostsOnlyAnnotation([.. hosts.Select(host => host.ToLowerInvariant())]), ResourceAnnotationMutationBehavior.Replace);
    }

    private static IResourceBuilder<NginxResource> AddRoute(
        this IResourceBuilder<NginxResource> builder, NginxRouteAnnotation route, IResourceBuilder<ProjectResource> site, NginxBalancing balancing)
    {
        if (builder.Resource.Annotations.OfType<NginxRouteAnnotation>().FirstOrDefault(other => other.Path == route.Path && other.Host == route.Host) is { } other)
        {
            var what = route.Host is null ? $"requests for '{route.Path}'" : $"requests for '{route.Path}' of '{route.Host}'";
            throw new DistributedApplicationException(
                $"Nginx '{builder.Resource.Name}' sends {what} to '{other.Site.Name}' already, so it can't send them to '{site.Resource.Name}' too. Declare each path once.");
        }

        if (builder.Resource.Annotations.OfType<NginxUpstreamAnnotation>().FirstOrDefault(upstream => upstream.Site == site.Resource) is { } upstream)
        {
            return upstream.Balancing == balancing
                ? builder.WithAnnotation(route)
                : throw new DistributedApplicationException(
                    $"Nginx '{builder.Resource.Name}' can't choose the replicas of '{site.Resource.Name}' by {upstream.Balancing} and by {balancing}. Give the same to all of its routes.");
        }

        site.WithAnnotation(new GatewayAnnotation(builder.Resource));
        return builder.WithAnnotation(route).WithAnnotation(new NginxUpstreamAnnotation(site.Resource, balancing)).WaitForAnyReplica(site);
    }
}
