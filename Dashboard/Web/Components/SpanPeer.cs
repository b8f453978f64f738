namespace Stack.Dashboard.Web.Components;

/// <summary>Says who was called, where the called one has told nothing: the database, another company's API, a site without telemetry.</summary>
internal static class SpanPeer
{
    private const int Client = 3;
    private const int Producer = 4;

    /// <summary>Null when the span calls nobody, or who was called has told of it.</summary>
    public static string? Of(SpanNode node)
    {
        if (node.Span.Row.Kind is not (Client or Producer) || node.Children.Count > 0)
        {
            return null;
        }

        var attributes = node.Attributes;
        var system = attributes.Value("db.system.name", "db.system", "messaging.system", "rpc.system");
        var address = attributes.Value("peer.service", "server.address", "net.peer.name", "messaging.destination.name", "net.sock.peer.addr") ?? Host(attributes.Value("url.full", "http.url"));
        var port = address is null ? null : attributes.Value("server.port", "net.peer.port");
        var place = port is null or "80" or "443" ? address : $"{address}:{port}";
        return (system, place) switch
        {
            (null, null) => null,
            (null, _) => place,
            (_, null) => system,
            _ => $"{system} {place}",
        };
    }

    private static string? Host(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Host.Length > 0 ? url.Authority : null;
}
