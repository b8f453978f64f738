using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class NginxResourceBuilderExtensions
{
    /// <summary>
    /// Sets what a request may be like, for Nginx and for all sites behind it: they get the same numbers as <c>Kestrel__Limits__*</c>, which ServiceDefaults takes over. Without this call the defaults of both
    /// sides hold, which are those below.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="body">Bytes of a body; what is larger gets 413 before a replica sees it. Default 30,000,000.</param>
    /// <param name="headers">Bytes of all headers together, 4,096 to 1,000,000; a single header, and the address with its query, may have half of it. Default 32,768.</param>
    /// <param name="timeout">How long a replica may say nothing before its client gets 504. Default 60 s: a request that takes longer is cut when its replica is restarted meanwhile.</param>
    /// <param name="perClientRate">Requests per second that one address may send, for a moment twice as many more; above that it gets 429. Default null: any number.</param>
    /// <exception cref="DistributedApplicationException">At start: a number is not possible, or a site has another one by <c>WithEnvironment</c>.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithLimits(body: 100_000_000, perClientRate: 50);</code></example>
    public static IResourceBuilder<NginxResource> WithLimits(
        this IResourceBuilder<NginxResource> builder, long body = 30_000_000, int headers = 32_768, TimeSpan? timeout = null, int? perClientRate = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new NginxLimitsAnnotation(body, headers, timeout ?? TimeSpan.FromSeconds(60), perClientRate), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>
    /// Encrypts: the port of AddNginx speaks TLS 1.2 and 1.3, with HTTP/2 where the client can. The files are read by Nginx from where they are. After a renewal: <c>stack command nginx reload</c>.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="certificate">Path of the certificate in PEM, followed by those of its issuers; relative to the AppHost's folder.</param>
    /// <param name="key">Path of its key in PEM, without a password; relative to the AppHost's folder.</param>
    /// <param name="httpPort">A port whose plain requests are sent to the encrypted one, usually 80; null: none.</param>
    /// <param name="hsts">How long browsers shall refuse plain HTTP for this host (HSTS); null: they are not told. Begin with a short time: it can't be taken back.</param>
    /// <exception cref="DistributedApplicationException">At start: a file can't be read, the key is encrypted or not that of the certificate, or the port is taken.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 443).WithUpstream(site).WithTls("/etc/ssl/site.pem", "/etc/ssl/site.key", httpPort: 80).WithExternalHttpEndpoints();</code></example>
    public static IResourceBuilder<NginxResource> WithTls(
        this IResourceBuilder<NginxResource> builder, string certificate, string key, int? httpPort = null, TimeSpan? hsts = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(certificate);
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        var endpoint = builder.Resource.HttpEndpoint.EndpointAnnotation;
        endpoint.Name = NginxResource.HttpsEndpointName;
        endpoint.UriScheme = "https";
        foreach (var former in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(other => other.Name == NginxResource.RedirectEndpointName).ToList())
        {
            builder.Resource.Annotations.Remove(former);
        }

        if (httpPort is { } port)
        {
            // Not "http": what refers to the site is not to be sent there.
            builder.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, name: NginxResource.RedirectEndpointName, port: port, isProxied: false));
        }

        return builder.WithAnnotation(new NginxTlsAnnotation(certificate, key, hsts), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>
    /// Keeps each client on one replica, by a cookie that its first answer sets: for SignalR without WebSockets, Blazor Server, and what a site keeps in its memory. When the replica is taken out the client moves
    /// to another one, and back when it is in again. Balancing does not count then. The sites get <c>STACK_STICKY=1</c>.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="cookie">Name of the cookie: letters, digits and <c>_</c>.</param>
    /// <exception cref="DistributedApplicationException">At start: the name is not possible.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithStickySessions();</code></example>
    public static IResourceBuilder<NginxResource> WithStickySessions(this IResourceBuilder<NginxResource> builder, string cookie = "stack_route")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(cookie);
        return builder.WithAnnotation(new NginxStickyAnnotation(cookie), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>
    /// Lets Nginx send the static files of a site that is published: those asked for with a fingerprint in the name (<c>MapStaticAssets</c>) or with the hash of their content (<c>asp-append-version</c>), for ever.
    /// All others, and those that it does not find, come from the site as before. A deploy takes its files over before its first replica serves, and those of the release before stay.
    /// In a run from sources the site sends all of them.
    /// </summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="site">The site, which is an upstream of this Nginx by its path <c>/</c>.</param>
    /// <exception cref="DistributedApplicationException">At start: the site is no upstream, or its published folder does not tell its files.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithStaticFiles(site);</code></example>
    public static IResourceBuilder<NginxResource> WithStaticFiles(this IResourceBuilder<NginxResource> builder, IResourceBuilder<ProjectResource> site)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(site);
        return builder.WithAnnotation(new NginxStaticFilesAnnotation(site.Resource));
    }

    /// <summary>Believes these balancers in front of Nginx what they say about the client in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>. Nobody else is believed, since everybody could send these headers.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="proxies">Their addresses and ranges, such as <c>10.0.0.0/8</c>.</param>
    /// <exception cref="DistributedApplicationException">At start: one is neither an address nor a range.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithTrustedProxies("10.0.0.0/8");</code></example>
    public static IResourceBuilder<NginxResource> WithTrustedProxies(this IResourceBuilder<NginxResource> builder, params string[] proxies)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(proxies);
        return builder.WithAnnotation(new NginxTrustedProxiesAnnotation([.. proxies]));
    }

    /// <summary>Adds lines of one's own to the configuration, as they are. nginx checks them with all the rest before it is started or reloaded.</summary>
    /// <param name="builder">Nginx.</param>
    /// <param name="scope">Where they stand.</param>
    /// <param name="text">The lines. A block has to begin and end in them.</param>
    /// <exception cref="DistributedApplicationException">At start: nginx does not accept them; names the call and the line.</exception>
    /// <example><code>builder.AddNginx("nginx", port: 8080).WithUpstream(site).WithConfig(NginxScope.Location, "proxy_buffering off;");</code></example>
    public static IResourceBuilder<NginxResource> WithConfig(this IResourceBuilder<NginxResource> builder, NginxScope scope, string text)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(text);
        return builder.WithAnnotation(new NginxSnippetAnnotation(scope, text));
    }
}
