using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Turns export messages into rows, cut to the limits.</summary>
internal sealed class RowMapper(TelemetryLimits limits, TimeProvider time) : IDisposable
{
    private readonly ThreadLocal<AttributeWriter> _writers = new(() => new AttributeWriter(limits), trackAllValues: true);
    private readonly ResourceMapper _resources = new();
    private readonly TextPool _templates = new();
    private readonly RouteCap _routes = new();

    public MappedExport Map(ExportLogsRequest request, string peer)
    {
        var writer = _writers.Value!;
        var export = new MappedExport(Signal.Logs);
        var logs = new LogMapper(writer, _templates, time.GetUtcNow());
        foreach (var group in request.ResourceLogs)
        {
            var resource = _resources.Map(group.Resource, peer, writer);
            var tally = export.TallyOf(resource);
            foreach (var scoped in group.ScopeLogs)
            {
                var scope = ScopeOf(scoped.Scope);
                foreach (var record in scoped.LogRecords)
                {
                    writer.Begin();
                    export.Batch.Add(new LogDraft(resource, scope, logs.Map(record, resource, scope.Name)));
                    tally.Records++;
                    tally.Cut += writer.Cut;
                }
            }
        }

        return export;
    }

    public MappedExport Map(ExportTraceRequest request, string peer)
    {
        var writer = _writers.Value!;
        var export = new MappedExport(Signal.Traces);
        var spans = new SpanMapper(writer, _routes, limits.MaxSpanEventCount);
        foreach (var group in request.ResourceSpans)
        {
            var resource = _resources.Map(group.Resource, peer, writer);
            var tally = export.TallyOf(resource);
            foreach (var scoped in group.ScopeSpans)
            {
                var scope = ScopeOf(scoped.Scope);
                foreach (var span in scoped.Spans)
                {
                    writer.Begin();
                    if (spans.Map(span, resource.Service) is { } row)
                    {
                        export.Batch.Add(new SpanDraft(resource, scope, row with { Gateway = GatewayMapper.Map(scope, span) }));
                        tally.Records++;
                    }
                    else
                    {
                        tally.Unstorable++;
                    }

                    tally.Cut += writer.Cut;
                }
            }
        }

        return export;
    }

    public MappedExport Map(ExportMetricsRequest request, string peer)
    {
        var writer = _writers.Value!;
        var export = new MappedExport(Signal.Metrics);
        foreach (var group in request.ResourceMetrics)
        {
            var resource = _resources.Map(group.Resource, peer, writer);
            var points = new PointMapper(writer, resource, export.Batch, export.TallyOf(resource), time.GetUtcNow());
            foreach (var scoped in group.ScopeMetrics)
            {
                var scope = ScopeOf(scoped.Scope);
                foreach (var metric in scoped.Metrics)
                {
                    points.Map(metric, scope);
                }
            }
        }

        return export;
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values)
        {
            writer.Dispose();
        }

        _writers.Dispose();
    }

    /// <summary>Hexadecimal text of an id of that many bytes; null for one of another length, or of zeros, which means "none".</summary>
    public static string? Id(ByteString id, int length) =>
        id.Length == length && id.Span.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(id.Span) : null;

    private static ScopeInfo ScopeOf(Scope? scope) =>
        scope is null ? new ScopeInfo("", "") : new ScopeInfo(Short(scope.Name), Short(scope.Version));

    private static string Short(string text) => text.Length <= 512 ? text : text[..512];
}
