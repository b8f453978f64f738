namespace Stack.Hosting.Nginx.Model;

/// <summary>The access log, one line of JSON for each request, and the ids that join a line with what the replica tells of the same request.</summary>
internal static class AccessLogBlock
{
    /// <summary>Name of the log's file in Nginx's folder.</summary>
    public const string FileName = "access.json";

    private const string Span = "$stack_span";
    private const string OwnTrace = $"00-$request_id-{Span}-01";
    private const string TraceParent = "$stack_traceparent";
    private const string TraceState = "$stack_tracestate";
    private const string Loggable = "$stack_loggable";
    private const string ValidTraceParent = "~^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$";

    /// <summary>What a line holds: its names, and Nginx's variables. All as text: with several tries numbers are lists, without a try they are not there.</summary>
    public static IReadOnlyList<(AccessField Field, string Name, string Variable)> Fields { get; } =
    [
        (AccessField.End, "ts", "$msec"),
        (AccessField.Duration, "time", "$request_time"),
        (AccessField.Method, "method", "$request_method"),
        (AccessField.Uri, "uri", "$request_uri"),
        (AccessField.Protocol, "protocol", "$server_protocol"),
        (AccessField.Scheme, "scheme", "$scheme"),
        (AccessField.Status, "status", "$status"),
        (AccessField.BytesIn, "in", "$request_length"),
        (AccessField.BytesOut, "out", "$bytes_sent"),
        (AccessField.Client, "client", "$remote_addr"),
        (AccessField.Host, "host", "$http_host"),
        (AccessField.UpstreamAddress, "upstream", "$upstream_addr"),
        (AccessField.UpstreamStatus, "upstream_status", "$upstream_status"),
        (AccessField.UpstreamConnect, "connect", "$upstream_connect_time"),
        (AccessField.UpstreamHeader, "header", "$upstream_header_time"),
        (AccessField.UpstreamResponse, "response", "$upstream_response_time"),
        (AccessField.TraceParent, "traceparent", TraceParent),
        (AccessField.Id, "id", "$request_id"),
        (AccessField.RequestId, "request_id", HttpMaps.RequestId),
        (AccessField.UserAgent, "agent", "$http_user_agent"),
        (AccessField.Referer, "referer", "$http_referer"),
    ];

    /// <summary>At http level, before servers.</summary>
    public static IEnumerable<Directive> Http(NginxPlan plan) =>
    [
        HttpMaps.Map("$request_id", Span, (NginxValue.Expression("~^(?<stack_half>[0-9a-f]{16})"), NginxValue.Expression("$stack_half"))) with
        {
            Comment = "A request's trace has Nginx's id of it; the span of Nginx the first half.",
        },
        .. plan.ClientTraceContext ? ClientTrace : OwnTraceOnly,
        .. plan.Steering?.AdminSocket is null ? [] : Log, // without an AppHost nobody would read it
    ];

    /// <summary>What the replica is told of the trace.</summary>
    public static IEnumerable<Directive> Proxy(NginxPlan plan) =>
    [
        new("proxy_set_header", "traceparent", NginxValue.Expression(TraceParent))
        {
            Comment = plan.ClientTraceContext
                ? "The client's trace goes on, if what it sent is well formed."
                : "Not the client's, who could forge the trace its request belongs to: the replica's span is a child of Nginx's.",
        },
        new("proxy_set_header", "tracestate", NginxValue.Expression(plan.ClientTraceContext ? TraceState : "")),
    ];

    private static Directive[] OwnTraceOnly { get; } = [HttpMaps.Map("$request_id", TraceParent, ("default", NginxValue.Expression(OwnTrace)))];

    private static Directive[] ClientTrace { get; } =
    [
        HttpMaps.Map("$http_traceparent", TraceParent, ("default", NginxValue.Expression(OwnTrace)), (ValidTraceParent, NginxValue.Expression("$http_traceparent"))),
        HttpMaps.Map("$http_traceparent", TraceState, ("default", ""), (ValidTraceParent, NginxValue.Expression("$http_tracestate"))),
    ];

    private static Directive[] Log =>
    [
        HttpMaps.Map("$request_uri", Loggable, ("default", 1), (NginxValue.Expression("~*^/(nginx-health|health|alive)/?([?]|$)"), 0)) with
        {
            Comment = "Checks are not logged.",
        },
        new("log_format", "stack_json", "escape=json", NginxValue.Expression(Format)) { Comment = "One line for each request, written at its end." },
    ];

    /// <summary>Where the log is, on this machine.</summary>
    public static IEnumerable<Directive> Place(NginxPlan plan) => plan.Steering?.AdminSocket is null ? [] :
    [
        new("access_log", $"{plan.Folder}/{FileName}", "stack_json", "buffer=32k", "flush=1s", NginxValue.Expression($"if={Loggable}"))
        {
            Comment = "The AppHost reads it and sends it to the dashboard. A file and never a pipe: a reader that stalls would stall Nginx.\n" +
                "A log of your own beside it goes to conf.d/http*.conf.",
        },
    ];

    private static string Format => $"{{{string.Join(',', Fields.Select(entry => $"\"{entry.Name}\":\"{entry.Variable}\""))}}}";
}

/// <summary>What a line of the access log tells.</summary>
internal enum AccessField
{
    End,
    Duration,
    Method,
    Uri,
    Protocol,
    Scheme,
    Status,
    BytesIn,
    BytesOut,
    Client,
    Host,
    UpstreamAddress,
    UpstreamStatus,
    UpstreamConnect,
    UpstreamHeader,
    UpstreamResponse,
    TraceParent,
    Id,
    RequestId,
    UserAgent,
    Referer,
}
