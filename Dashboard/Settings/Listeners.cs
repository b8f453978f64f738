using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Stack.Dashboard.Settings;

/// <summary>The door a connection came in by.</summary>
internal enum ListenerKind
{
    Frontend,
    OtlpGrpc,
    OtlpHttp,
}

/// <summary>Opens the three listeners and marks each connection with the one it came by; knows the real ports once they are bound.</summary>
internal sealed class Listeners(DashboardOptions options)
{
    private readonly List<(ListenerKind Kind, Uri Url, ListenOptions Bound)> _open = [];

    /// <summary>Base addresses of the front end, with the ports that were really bound.</summary>
    public IReadOnlyList<Uri> Frontend => [.. _open.Where(o => o.Kind == ListenerKind.Frontend).Select(Address)];

    public Uri OtlpGrpc => Address(_open.Single(o => o.Kind == ListenerKind.OtlpGrpc));

    public Uri OtlpHttp => Address(_open.Single(o => o.Kind == ListenerKind.OtlpHttp));

    public void Open(KestrelServerOptions kestrel)
    {
        foreach (var url in options.Frontend.EndpointUrls)
        {
            Open(kestrel, ListenerKind.Frontend, url, url.Scheme == Uri.UriSchemeHttps ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1);
        }

        Open(kestrel, ListenerKind.OtlpGrpc, options.Otlp.GrpcEndpointUrl, HttpProtocols.Http2);
        Open(kestrel, ListenerKind.OtlpHttp, options.Otlp.HttpEndpointUrl, HttpProtocols.Http1);
    }

    public static ListenerKind KindOf(HttpContext context) =>
        context.Features.Get<ListenerTag>()?.Kind ?? ListenerKind.Frontend;

    /// <summary>What failed to bind, for a person: the listener's name, address and setting.</summary>
    public string Describe(string bindError)
    {
        foreach (var (kind, url, _) in _open)
        {
            if (bindError.Contains($":{url.Port}", StringComparison.Ordinal))
            {
                var (name, setting) = kind switch
                {
                    ListenerKind.OtlpGrpc => ("OTLP/gRPC", "Dashboard:Otlp:GrpcEndpointUrl"),
                    ListenerKind.OtlpHttp => ("OTLP/HTTP", "Dashboard:Otlp:HttpEndpointUrl"),
                    _ => ("front end", "Dashboard:Frontend:EndpointUrls"),
                };
                return $"Port {url.Port} of the dashboard's {name} is already in use. Free it, or set '{setting}' to another address.";
            }
        }

        return bindError;
    }

    private void Open(KestrelServerOptions kestrel, ListenerKind kind, Uri url, HttpProtocols protocols) =>
        // Not ListenLocalhost: it refuses port 0.
        kestrel.Listen(new IPEndPoint(AddressOf(url), url.Port), listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Features.Set(new ListenerTag(kind));
                return next(connection);
            });
            if (url.Scheme == Uri.UriSchemeHttps)
            {
                listen.UseHttps();
            }

            _open.Add((kind, url, listen));
        });

    private static IPAddress AddressOf(Uri url) => url.Host.Trim('[', ']') switch
    {
        "localhost" => IPAddress.Loopback,
        var host => IPAddress.TryParse(host, out var address) ? address : IPAddress.Any,
    };

    private static Uri Address((ListenerKind Kind, Uri Url, ListenOptions Bound) listener) =>
        new UriBuilder(listener.Url) { Port = listener.Bound.IPEndPoint?.Port ?? listener.Url.Port }.Uri;

    private sealed record ListenerTag(ListenerKind Kind);
}
