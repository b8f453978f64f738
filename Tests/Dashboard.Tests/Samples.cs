using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests;

/// <summary>Rows to store and to find.</summary>
internal static class Samples
{
    private static long _lastSpan;

    public static readonly DateTimeOffset Time = new(2026, 11, 22, 8, 15, 0, TimeSpan.Zero);

    public static LogRow Log(
        string body, string instance = "site-8001", int severity = 9, string? traceId = null, string? template = null, string attributes = "{}",
        string service = "site") => new()
    {
        Time = Time,
        Severity = severity,
        Service = service,
        InstanceId = instance,
        DisplayName = TelemetryResource.DisplayNameOf(service, instance),
        ResourceAttributesJson = $$"""{"service.name":"{{service}}","service.instance.id":"{{instance}}"}""",
        Scope = "WebSite.Home",
        TraceId = traceId,
        SpanId = traceId?[..16],
        Template = template,
        Body = body,
        AttributesJson = attributes,
    };

    public static SpanDraft Span(
        string name, string instance = "site-8001", string traceId = "0af7651916cd43dd8448eb211c80319c", int number = 1, int status = 0, int? httpStatus = null,
        TimeSpan after = default, string service = "site", string attributes = "{}") => new(
        new ResourceInfo(service, instance, TelemetryResource.DisplayNameOf(service, instance), $$"""{"service.name":"{{service}}","service.instance.id":"{{instance}}"}"""),
        new ScopeInfo("WebSite", ""),
        new SpanRow
        {
            TraceId = traceId,
            SpanId = number.ToString("x16"),
            Name = name,
            Kind = 2,
            Start = Time + after,
            DurationNanoseconds = number * 1_000_000,
            Status = status,
            HttpStatus = httpStatus,
            AttributesJson = attributes,
        });

    public static LogDraft Draft(LogRow row) => new(
        new ResourceInfo(row.Service, row.InstanceId, row.DisplayName, row.ResourceAttributesJson), new ScopeInfo(row.Scope, ""), row);

    /// <summary>A request to an instance; <paramref name="at"/> and <paramref name="milliseconds"/> are milliseconds.</summary>
    public static SpanDraft Span(
        int trace, string name, string instance = "site-8001", double at = 0, double milliseconds = 10, int kind = 2, int status = 0, int? http = null, string? route = null,
        string? parent = null, string? id = null, string attributes = "{}", string? events = null, string service = "site", string? error = null) =>
        new(
            new ResourceInfo(service, instance, TelemetryResource.DisplayNameOf(service, instance), $$"""{"service.name":"{{service}}","service.instance.id":"{{instance}}"}"""),
            new ScopeInfo("tests", ""),
            new SpanRow
            {
                TraceId = trace.ToString("x32"),
                SpanId = id ?? Interlocked.Increment(ref _lastSpan).ToString("x16"),
                ParentSpanId = parent,
                Name = name,
                Kind = kind,
                Start = Time.AddMilliseconds(at),
                DurationNanoseconds = (long)(milliseconds * 1e6),
                Status = status,
                StatusMessage = error,
                Route = route,
                HttpStatus = http,
                AttributesJson = attributes,
                EventsJson = events,
            });
}
