using Google.Protobuf;
using Stack.Dashboard.Ingest.Otlp;

namespace Stack.Dashboard.Tests.Web;

/// <summary>A log record that a test sends.</summary>
internal sealed record SentLog(string Body, string Instance = "site-8001", int Severity = 9)
{
    public string Service { get; init; } = "site";

    public string? TraceId { get; init; }

    public Dictionary<string, string> Attributes { get; init; } = [];

    public ResourceLogs ToOtlp()
    {
        var record = new LogRecord
        {
            TimeUnixNano = (ulong)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100,
            SeverityNumber = Severity,
            Body = Text(Body),
        };
        record.Attributes.AddRange(Attributes.Select(a => new KeyValue { Key = a.Key, Value = Text(a.Value) }));
        if (TraceId is not null)
        {
            record.TraceId = ByteString.CopyFrom(Convert.FromHexString(TraceId));
        }

        return new ResourceLogs
        {
            Resource = new Resource
            {
                Attributes =
                {
                    new KeyValue { Key = "service.name", Value = Text(Service) },
                    new KeyValue { Key = "service.instance.id", Value = Text(Instance) },
                },
            },
            ScopeLogs = { new ScopeLogs { Scope = new Scope { Name = "WebSite.Tests" }, LogRecords = { record } } },
        };
    }

    private static AnyValue Text(string text) => new() { StringValue = text };
}
