using System.Globalization;
using System.Net;

namespace Stack.Hosting.Nginx.Model;

/// <summary>Encryption towards clients, and the server that sends plain requests there.</summary>
internal static class TlsBlock
{
    private const string Hsts = "$stack_hsts";

    /// <summary>What a server that speaks TLS includes.</summary>
    public static IReadOnlyList<Directive> Include(TlsPlan tls, NginxVersion version) =>
    [
        new("ssl_certificate", tls.Certificate),
        new("ssl_certificate_key", tls.Key) { Comment = "Read by the master alone, from where it is. A renewed certificate is taken over by a reload." },
        new("ssl_protocols", "TLSv1.2", "TLSv1.3"),
        new("ssl_session_cache", "shared:stack_tls:10m"),
        new("ssl_session_timeout", "1d"),
        new("ssl_session_tickets", "off") { Comment = "Their key would stay the same for as long as Nginx runs." },
        .. version >= NginxVersion.Http2Directive ? new Directive[] { new("http2", "on") } : [],
        .. tls.Hsts is null ? [] : new Directive[] { new("add_header", "Strict-Transport-Security", NginxValue.Expression(Hsts), "always") },
    ];

    public static IEnumerable<Directive> Http(TlsPlan? tls)
    {
        if (tls?.Hsts is { } hsts)
        {
            yield return HttpMaps.Map(
                "$upstream_http_strict_transport_security", Hsts,
                ("default", ""), ("", string.Create(CultureInfo.InvariantCulture, $"max-age={(long)hsts.TotalSeconds}")));
        }
    }

    /// <summary>Words of a <c>listen</c>; those for TLS after the address.</summary>
    public static IEnumerable<NginxValue> Listen(TlsPlan? tls, NginxVersion version) => tls switch
    {
        null => [],
        _ when version >= NginxVersion.Http2Directive => ["ssl"],
        _ => ["ssl", "http2"],
    };

    /// <summary>Sends plain requests to the encrypted port; 308 keeps method and body.</summary>
    public static Server Redirect(NginxPlan plan, int port) => new()
    {
        Comment = "Plain requests are sent to the encrypted port.",
        Directives =
        [
            .. plan.ListenOn.Select(address => new Directive("listen", new IPEndPoint(address, port).ToString(), "default_server")),
            new("server_name", "_"),
            new("include", "conf.d/redirect*.conf") { Comment = "The place for a location that answers the issuer of certificates." },
        ],
        Locations =
        [
            new(["/"], [new("return", 308, NginxValue.Expression($"https://$host{(plan.Port == 443 ? "" : $":{plan.Port}")}$request_uri"))]),
        ],
    };
}
