using Gateway.Proxies;

namespace Gateway;

/// <summary>One change of Stack's configuration: what it costs or brings tells what the line is worth.</summary>
internal sealed record Change(string Text, params IReadOnlyList<Edit> Edits)
{
    public static IReadOnlyList<Change> All { get; } =
    [
        new("unchanged, a copy"),
        new("keepalive 4", new Edit("keepalive 16;", "keepalive 4;")),
        new("keepalive 32", new Edit("keepalive 16;", "keepalive 32;")),
        new("keepalive 128", new Edit("keepalive 16;", "keepalive 128;")),
        new("keepalive 128, round robin", new Edit("keepalive 16;", "keepalive 128;"), new Edit("^ *least_conn;", "")),
        new("keepalive 128, two workers", new Edit("keepalive 16;", "keepalive 128;"), new Edit("worker_processes 1;", "worker_processes 2;")),
        new("two workers", new Edit("worker_processes 1;", "worker_processes 2;")),
        new("round robin", new Edit("^ *least_conn;", "")),
        new("random two", new Edit("least_conn;", "random two least_conn;")),
        new("no headers", new Edit("^proxy_set_header (?!Connection|Host).*", "")),
        new("proxy_buffering off", new Edit("^proxy_http_version", "proxy_buffering off;\nproxy_http_version")),
        new("gzip off", new Edit("gzip  +on;", "gzip off;")),
    ];
}
