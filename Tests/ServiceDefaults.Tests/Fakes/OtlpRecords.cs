namespace ServiceDefaults.Tests.Fakes;

internal sealed record OtlpSpan(
    string Name, string TraceId, string SpanId, string ParentId, int Status, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Events, IReadOnlyDictionary<string, string> Resource);

internal sealed record OtlpLog(
    string Category, int Severity, string Body, string TraceId, string SpanId, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyDictionary<string, string> Resource);

/// <summary>One point of a metric, with the number of the field its data was in: 5 gauge, 7 sum, 9 histogram, 10 exponential histogram.</summary>
internal sealed record OtlpPoint(string Metric, int Kind, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Resource);

/// <summary>Takes spans, logs and points out of export requests (opentelemetry-proto, by field number).</summary>
internal static class OtlpRecords
{
    private static readonly int[] Kinds = [5, 7, 9, 10];

    public static IEnumerable<OtlpSpan> Spans(ProtoMessage export)
        => from resource in export.Messages(1)
           from scope in resource.Messages(2)
           from span in scope.Messages(2)
           select new OtlpSpan(
               span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), (int)(span.Message(15)?.Number(3) ?? 0), Attributes(span, 9),
               [.. span.Messages(11).Select(happening => happening.Text(2))], ResourceOf(resource));

    public static IEnumerable<OtlpLog> Logs(ProtoMessage export)
        => from resource in export.Messages(1)
           from scope in resource.Messages(2)
           from record in scope.Messages(2)
           select new OtlpLog(
               scope.Message(1)?.Text(1) ?? "", (int)record.Number(2), record.Message(5)?.Text(1) ?? "", record.Hex(9), record.Hex(10),
               Attributes(record, 6), ResourceOf(resource));

    public static IEnumerable<OtlpPoint> Points(ProtoMessage export)
        => from resource in export.Messages(1)
           from scope in resource.Messages(2)
           from metric in scope.Messages(2)
           from kind in Kinds
           from data in metric.Messages(kind)
           from point in data.Messages(1)
           select new OtlpPoint(metric.Text(1), kind, Attributes(point, kind switch { 9 => 9, 10 => 1, _ => 7 }), ResourceOf(resource));

    private static Dictionary<string, string> ResourceOf(ProtoMessage resource) => Attributes(resource.Message(1)!, 1);

    private static Dictionary<string, string> Attributes(ProtoMessage message, int field)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var pair in message.Messages(field))
        {
            attributes[pair.Text(1)] = pair.Message(2) is { } value ? Text(value) : "";
        }

        return attributes;
    }

    private static string Text(ProtoMessage value)
        => value.Has(1) ? value.Text(1)
            : value.Has(3) ? ((long)value.Number(3)).ToString()
            : value.Has(4) ? BitConverter.UInt64BitsToDouble(value.Number(4)).ToString()
            : value.Has(2) ? (value.Number(2) != 0).ToString()
            : "";
}
