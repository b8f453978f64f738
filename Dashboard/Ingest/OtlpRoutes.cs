using System.Collections.Frozen;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Which path takes which signal.</summary>
internal static class OtlpRoutes
{
    public const string ApiKeyHeader = "x-otlp-api-key";

    private static readonly FrozenDictionary<string, Signal> Grpc = new Dictionary<string, Signal>
    {
        ["/opentelemetry.proto.collector.logs.v1.LogsService/Export"] = Signal.Logs,
        ["/opentelemetry.proto.collector.trace.v1.TraceService/Export"] = Signal.Traces,
        ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"] = Signal.Metrics,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Signal> Http = new Dictionary<string, Signal>
    {
        ["/v1/logs"] = Signal.Logs,
        ["/v1/traces"] = Signal.Traces,
        ["/v1/metrics"] = Signal.Metrics,
    }.ToFrozenDictionary();

    /// <summary><see cref="Signal.None"/> for a path that is none of them.</summary>
    public static Signal OfGrpc(PathString path) => Grpc.GetValueOrDefault(path.Value ?? "");

    public static Signal OfHttp(PathString path) => Http.GetValueOrDefault(path.Value ?? "");

    public static bool IsOtlp(PathString path) => OfGrpc(path) != Signal.None || OfHttp(path) != Signal.None;

    /// <summary>The sender's address; not its port, which changes with each connection.</summary>
    public static string PeerOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "local";
}
