namespace Stack.Hosting.Nginx.Model;

/// <summary>What goes to a replica with each request, and what happens when it does not answer.</summary>
internal static class ProxyBlock
{
    public static IReadOnlyList<Directive> Build(NginxPlan plan) =>
    [
        new("proxy_http_version", "1.1"),
        Header("Upgrade", "$http_upgrade"),
        Header("Connection", HttpMaps.Connection),
        Header("Host", "$http_host") with { Comment = "With the port: redirects and antiforgery depend on it." },
        Header("X-Forwarded-Host", "$http_host"),
        Header("X-Forwarded-Proto", TrustBlock.SchemeOf(plan.Options)),
        Header("X-Forwarded-For", "$remote_addr") with { Comment = "Overwritten, not appended to: else a client could say that it is somebody else." },
        Header("X-Real-IP", "$remote_addr"),
        Header("X-Forwarded-Prefix", RouteBlock.HasPrefix(plan) ? RouteBlock.PrefixVariable : ""),
        Header("Forwarded", ""),
        Header("X-Request-ID", HttpMaps.RequestId),
        .. AccessLogBlock.Proxy(plan),
    ];

    /// <summary>At http level, so that a server or a location may have others.</summary>
    public static IEnumerable<Directive> Http() =>
    [
        new("proxy_next_upstream", "error", "timeout", "http_502", "http_503")
        {
            Comment = "Another replica takes over when this one can't. Never http_500 (a request that kills one would be shown to all),\n" +
                "never non_idempotent (an order would be executed twice).",
        },
        new("proxy_next_upstream_tries", 3),
        new("proxy_next_upstream_timeout", "10s"),
        new("proxy_connect_timeout", "2s"),
        new("proxy_buffer_size", "16k")
        {
            Comment = "Identity cookies overflow the default of 4k. A streaming answer says \"X-Accel-Buffering: no\".",
        },
        new("proxy_buffers", 8, "16k"),
        new("proxy_max_temp_file_size", 0),
    ];

    private static Directive Header(string name, string expression) =>
        new("proxy_set_header", name, NginxValue.Expression(expression));
}
