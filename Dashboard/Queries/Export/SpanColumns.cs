using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

/// <summary>A row of the table <c>spans</c> as a <see cref="StoredSpan"/>, with the trace that it belongs to.</summary>
internal static class SpanColumns
{
    public const string All = "id, tr, tr2, span, parent, res, scope, name, kind, start, dur, status, status_text, route, http_status, attrs, events, links";

    public static StoredSpan Read(SqliteStatement row, SegmentReader reader) => new(
        row.Number(0),
        reader.Resource(row.Number(5)),
        reader.Scope(row.Number(6)),
        new SpanRow
        {
            TraceId = HexId.Trace(row.Number(1), row.Number(2)),
            SpanId = HexId.Span(row.Number(3)),
            ParentSpanId = row.IsNull(4) ? null : HexId.Span(row.Number(4)),
            Name = row.Text(7),
            Kind = (int)row.Number(8),
            Start = UnixTicks.ToTime(row.Number(9)),
            DurationNanoseconds = row.Number(10),
            Status = (int)row.Number(11),
            StatusMessage = row.TextOrNull(12),
            Route = row.TextOrNull(13),
            HttpStatus = (int?)row.NumberOrNull(14),
            AttributesJson = row.Text(15),
            EventsJson = row.TextOrNull(16),
            LinksJson = row.TextOrNull(17),
        });
}
