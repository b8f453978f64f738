using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Telemetry;

/// <summary>Sends batches to a dashboard by one of OTLP's three ways, as an exporter would: one after the other, and again when it is told to wait.</summary>
internal sealed class Sender(RunningDashboard dashboard, string protocol, CancellationToken cancellationToken) : IDisposable
{
    public const string Grpc = "grpc";
    public const string Protobuf = "http/protobuf";
    public const string JsonForm = "http/json";

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(20);
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { DefaultRequestHeaders = { { "x-otlp-api-key", RunningDashboard.Key } } };

    public static IReadOnlyList<string> Protocols { get; } = [Grpc, Protobuf, JsonForm];

    /// <summary>How often it was told to wait.</summary>
    public int Refused { get; private set; }

    /// <summary>Milliseconds until each batch was taken.</summary>
    public List<double> Times { get; } = [];

    /// <summary>What goes over the wire for a message: a frame around it for gRPC.</summary>
    public static byte[] Framed(byte[] message)
    {
        var frame = new byte[message.Length + 5];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <param name="signal">logs or traces.</param>
    /// <param name="body">As the protocol wants it.</param>
    public async Task SendAsync(string signal, byte[] body)
    {
        var begun = Workspace.Now;
        while (!await TryAsync(signal, body))
        {
            Refused++;
            await Task.Delay(Wait, cancellationToken);
        }

        Times.Add(Workspace.Since(begun));
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> TryAsync(string signal, byte[] body)
    {
        using var request = protocol == Grpc ? GrpcRequest(signal, body) : HttpRequest(signal, body);
        using var answer = await _http.SendAsync(request, cancellationToken);
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        if (answer.StatusCode is HttpStatusCode.ServiceUnavailable)
        {
            return false;
        }

        var status = protocol != Grpc ? "0" : Status(answer.TrailingHeaders) ?? Status(answer.Headers);
        return (answer.IsSuccessStatusCode, status) switch
        {
            (true, "0") => true,
            (true, "14") => false,
            _ => throw new BenchmarkException($"The dashboard refused {signal} by {protocol}: HTTP {(int)answer.StatusCode}, gRPC {status}."),
        };
    }

    private HttpRequestMessage GrpcRequest(string signal, byte[] body)
    {
        var (package, service) = signal == "logs" ? ("logs", "LogsService") : ("trace", "TraceService");
        return new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{dashboard.Port + 1}/opentelemetry.proto.collector.{package}.v1.{service}/Export")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
    }

    private HttpRequestMessage HttpRequest(string signal, byte[] body)
        => new(HttpMethod.Post, $"http://127.0.0.1:{dashboard.Port + 2}/v1/{signal}")
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(protocol == JsonForm ? "application/json" : "application/x-protobuf") } },
        };

    private static string? Status(HttpResponseHeaders headers) => headers.TryGetValues("grpc-status", out var values) ? values.First() : null;
}
