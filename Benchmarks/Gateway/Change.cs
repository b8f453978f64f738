using Gateway.Proxies;

namespace Gateway;

/// <summary>One change of Stack's configuration: what it costs or brings tells what the line is worth.</summary>
internal sealed record Change(string Text, params IReadOnlyList<Edit> Edits)
{
    public static IReadOnlyList<Change> All { get; } =
    [
        new("unchanged, a copy"),
        new("keepalive 16", new Edit(@"keepalive \d+;", "keepalive 16;")),
        new("two workers", new Edit("worker_processes 1;", "worker_processes 2;")),
        new("round robin", new Edit("^ *least_conn;", "")),
        new("random two", new Edit("least_conn;", "random two least_conn;"), new Edit("^ *server [^;]* backup;", "")), // random knows no backup
        new("no headers for the site", new Edit("^proxy_set_header (?!Connection|Host).*", "")),
        new("proxy_buffering off", new Edit("^proxy_http_version", "proxy_buffering off;\nproxy_http_version")),
        new("gzip off", new Edit("gzip  +on;", "gzip off;")),
        new("no log", new Edit("access_log [^;]*;", "access_log off;")),
        new("no flags looked for", new Edit(@"if \(-f [^)]*\)", "if ($arg_never)")),
    ];
}
