using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A row of the table <c>logs</c> as a <see cref="LogRow"/>.</summary>
internal static class LogColumns
{
    public const string All = "id, ts, sev, res, scope, tr, tr2, span, template, body, attrs";

    public static LogRow Read(SqliteStatement row, SegmentReader reader)
    {
        var resource = reader.Resource(row.Number(3));
        return new LogRow
        {
            Id = row.Number(0),
            Time = UnixTicks.ToTime(row.Number(1)),
            Severity = (int)row.Number(2),
            Service = resource.Service,
            InstanceId = resource.InstanceId,
            DisplayName = resource.DisplayName,
            ResourceAttributesJson = resource.AttributesJson,
            Scope = reader.Scope(row.Number(4)),
            TraceId = row.IsNull(5) ? null : HexId.Trace(row.Number(5), row.Number(6)),
            SpanId = row.IsNull(7) ? null : HexId.Span(row.Number(7)),
            Template = row.IsNull(8) ? null : reader.Template(row.Number(8)),
            Body = row.Text(9),
            AttributesJson = row.Text(10),
        };
    }
}
