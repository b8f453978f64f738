using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>One log record to one row.</summary>
internal sealed class LogMapper(AttributeWriter writer, TextPool templates, DateTimeOffset now)
{
    private const int MaxBodyLength = 64 * 1024;
    private const int MaxTemplateLength = 1024;
    private const string TemplateKey = "{OriginalFormat}";

    public LogRow Map(LogRecord record, ResourceInfo resource, string scope)
    {
        var body = writer.Plain(record.Body, MaxBodyLength);
        var template = TemplateOf(record);
        var spanId = RowMapper.Id(record.SpanId, 8);
        var traceId = RowMapper.Id(record.TraceId, 16);
        return new LogRow
        {
            Time = TimeOf(record),
            Severity = SeverityOf(record),
            Service = resource.Service,
            InstanceId = resource.InstanceId,
            DisplayName = resource.DisplayName,
            ResourceAttributesJson = resource.AttributesJson,
            Scope = scope,
            TraceId = traceId,
            SpanId = spanId,
            Template = template,
            Body = body.Length == 0 && template is not null ? template : body,
            AttributesJson = writer.Object(record.Attributes, IsRepeated, record.EventName),
        };
    }

    // What the record says itself already.
    private static bool IsRepeated(KeyValue attribute) => attribute.Key is TemplateKey or "SpanId" or "TraceId" or "ParentId";

    private string? TemplateOf(LogRecord record)
    {
        foreach (var attribute in record.Attributes)
        {
            if (attribute.Key == TemplateKey && attribute.Value?.StringValue is { Length: > 0 } text)
            {
                return templates.Share(writer.CutText(text, MaxTemplateLength));
            }
        }

        return null;
    }

    private DateTimeOffset TimeOf(LogRecord record) =>
        (record.TimeUnixNano, record.ObservedTimeUnixNano) switch
        {
            (not 0, _) => UnixTicks.FromNanoseconds(record.TimeUnixNano),
            (_, not 0) => UnixTicks.FromNanoseconds(record.ObservedTimeUnixNano),
            _ => now,
        };

    private static int SeverityOf(LogRecord record) => record.SeverityNumber is >= 1 and <= 24
        ? record.SeverityNumber
        : record.SeverityText.ToUpperInvariant() switch
        {
            "TRACE" => 1,
            "DEBUG" => 5,
            "INFO" or "INFORMATION" => 9,
            "WARN" or "WARNING" => 13,
            "ERROR" => 17,
            "FATAL" or "CRITICAL" => 21,
            _ => 0,
        };
}
