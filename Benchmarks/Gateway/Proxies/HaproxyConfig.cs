namespace Gateway.Proxies;

/// <summary>HAProxy with its best settings for this: least connections, connections to the site kept and shared.</summary>
internal static class HaproxyConfig
{
    /// <summary>Where its log lines go, beside the configuration. It has no other way to a file than its standard output.</summary>
    public const string LogFile = "output.log";

    /// <param name="folder">Where it goes.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="servers">The replicas' ports.</param>
    /// <param name="ours">What it is to do as well: as many workers, the same headers, a log where we have one. Null: none of it.</param>
    /// <returns>The configuration file.</returns>
    public static string Write(string folder, int port, IReadOnlyList<int> servers, OurConfiguration? ours)
    {
        var text = $$"""
            global
                nbthread {{ours?.Workers ?? 1}}
                maxconn 4096
                {{(ours is { HasLog: true } ? "log stdout format raw local0" : "# no log")}}

            defaults
                mode http
                timeout connect 2s
                timeout client 65s
                timeout server 60s
                timeout http-request 30s
                timeout http-keep-alive 65s
                retries 3
                option redispatch

            frontend public
                bind 127.0.0.1:{{port}}
            {{(ours is null ? "" : Indent($"{Requests}\n{(ours.SendsTrace ? Trace : NoTrace)}"))}}
            {{(ours is { HasLog: true } ? Indent(Log) : "")}}
                default_backend site

            backend site
                balance leastconn
                http-reuse always
            {{(ours is null ? "" : Indent(Responses))}}
            {{Indent(string.Join('\n', servers.Select(server => $"server site-{server} 127.0.0.1:{server}")))}}

            """;
        var file = Path.Combine(Directory.CreateDirectory(folder).FullName, "haproxy.cfg");
        File.WriteAllText(file, text);
        return file;
    }

    // As stack/proxy.conf and the location for health say it. A random id of 32 hexadecimal digits, as $request_id.
    private const string Requests = """
        http-request deny deny_status 404 if { path -i /health /alive }
        unique-id-format %[rand,hex]%[rand,hex]
        http-request set-var(txn.id) req.hdr(X-Request-ID)
        http-request set-var(txn.id) unique-id unless { var(txn.id) -m reg ^[A-Za-z0-9._-]{1,128}$ }
        http-request set-header X-Request-ID %[var(txn.id)]
        http-request set-header X-Forwarded-Host %[req.hdr(Host)]
        http-request set-header X-Forwarded-Proto http
        http-request set-header X-Forwarded-For %[src]
        http-request set-header X-Real-IP %[src]
        http-request del-header X-Forwarded-Prefix
        http-request del-header Forwarded
        http-request del-header tracestate
        """;

    private const string NoTrace = "http-request del-header traceparent";

    private const string Trace = """
        http-request set-var-fmt(txn.trace) 00-%[unique-id]-%[unique-id,bytes(0,16)]-01
        http-request set-header traceparent %[var(txn.trace)]
        """;

    // What a line of ours holds.
    private const string Log = """
        log global
        declare capture request len 128
        declare capture request len 256
        declare capture request len 256
        http-request capture req.hdr(Host) id 0
        http-request capture req.hdr(User-Agent) id 1
        http-request capture req.hdr(Referer) id 2
        log-format '{"ts":"%Ts.%ms","time":"%Ta","method":"%HM","uri":"%HU","protocol":"%HV","scheme":"http","status":"%ST","in":"%U","out":"%B","client":"%ci","host":"%[capture.req.hdr(0),json]","upstream":"%si:%sp","upstream_status":"%ST","connect":"%Tc","header":"%Tr","response":"%Td","traceparent":"%[var(txn.trace)]","id":"%ID","request_id":"%[var(txn.id)]","agent":"%[capture.req.hdr(1),json]","referer":"%[capture.req.hdr(2),json]"}'
        """;

    private const string Responses = """
        http-response set-header X-Content-Type-Options nosniff unless { res.hdr(X-Content-Type-Options) -m found }
        http-response set-header Referrer-Policy strict-origin-when-cross-origin unless { res.hdr(Referrer-Policy) -m found }
        http-response set-header Server haproxy
        """;

    private static string Indent(string text) => "    " + text.Replace("\n", "\n    ", StringComparison.Ordinal);
}
