using System.IO.Compression;
using Google.Protobuf;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Ingest.Otlp;

namespace Stack.Dashboard.Tests.Ingest;

/// <summary>OTLP messages made by hand, and the requests that carry them.</summary>
internal static class Messages
{
    public static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static ExportLogsRequest Logs(params IEnumerable<LogRecord> records)
    {
        var scope = new ScopeLogs { Scope = new Scope { Name = "WebSite.Home" } };
        scope.LogRecords.AddRange(records);
        var resource = new ResourceLogs { Resource = new Resource { Attributes = { Text("service.name", "site"), Text("service.instance.id", "site-8001") } } };
        resource.ScopeLogs.Add(scope);
        return new ExportLogsRequest { ResourceLogs = { resource } };
    }

    public static LogRecord Log(string body, params IEnumerable<KeyValue> attributes)
    {
        var record = new LogRecord { Body = new AnyValue { StringValue = body }, SeverityNumber = 9, TimeUnixNano = 1_795_334_400_000_000_100 };
        record.Attributes.AddRange(attributes);
        return record;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            zip.Write(bytes);
        }

        return packed.ToArray();
    }

    public static HttpRequestMessage HttpPost(this RunningDashboard dashboard, byte[] body, string path = "/v1/logs", string? key = RunningDashboard.OtlpKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(dashboard.OtlpHttp, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-protobuf");
        if (key is not null)
        {
            request.Headers.Add(OtlpRoutes.ApiKeyHeader, key);
        }

        return request;
    }

    public static HttpRequestMessage GrpcPost(
        this RunningDashboard dashboard, byte[] frame, string? path = null, string? key = RunningDashboard.OtlpKey, string contentType = "application/grpc")
    {
        var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(dashboard.Grpc, path ?? "/opentelemetry.proto.collector.logs.v1.LogsService/Export"))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (key is not null)
        {
            request.Headers.Add(OtlpRoutes.ApiKeyHeader, key);
        }

        return request;
    }

    public static byte[] Frame(byte[] message, bool packed = false)
    {
        var frame = new byte[GrpcFrame.HeaderLength + message.Length];
        GrpcFrame.WriteHeader(frame, message.Length);
        frame[0] = packed ? (byte)1 : (byte)0;
        message.CopyTo(frame.AsSpan(GrpcFrame.HeaderLength));
        return frame;
    }

    public static byte[] Bytes(this IMessage message) => message.ToByteArray();

    /// <summary>The status wherever it stands: in the headers of an error, in the trailers of an answer.</summary>
    public static string GrpcStatus(this HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out var header) ? header.Single()
        : response.TrailingHeaders.TryGetValues("grpc-status", out var trailer) ? trailer.Single()
        : "none";

    public static string GrpcMessage(this HttpResponseMessage response) =>
        Uri.UnescapeDataString(response.Headers.GetValues("grpc-message").Single());
}
