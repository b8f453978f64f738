using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>A collector that takes OTLP over HTTP/protobuf or gRPC and keeps what it got.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<(string Path, byte[] Body)> _exports = [];
    private readonly List<string> _headers = [];

    private OtlpReceiver(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Endpoint => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IReadOnlyList<OtlpSpan> Spans => [.. Exports("trace").SelectMany(OtlpRecords.Spans)];

    public IReadOnlyList<OtlpLog> Logs => [.. Exports("logs").SelectMany(OtlpRecords.Logs)];

    public IReadOnlyList<OtlpPoint> Points => [.. Exports("metrics").SelectMany(OtlpRecords.Points)];

    /// <summary>Whether exports are answered 503 and forgotten.</summary>
    public bool Refuses { get; set; }

    private int _refused;

    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Values of the x-otlp-api-key header, one for each request.</summary>
    public IReadOnlyList<string> ApiKeys
    {
        get
        {
            lock (_gate)
            {
                return [.. _headers];
            }
        }
    }

    public static Task<OtlpReceiver> StartHttpAsync() => StartAsync(HttpProtocols.Http1);

    public static Task<OtlpReceiver> StartGrpcAsync() => StartAsync(HttpProtocols.Http2);

    /// <summary>Whether the text is anywhere in the bytes that were received.</summary>
    public bool Contains(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        lock (_gate)
        {
            return _exports.Any(export => export.Body.AsSpan().IndexOf(bytes) >= 0);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<OtlpReceiver> StartAsync(HttpProtocols protocol)
    {
        var receiver = new OtlpReceiver(protocol);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    private List<ProtoMessage> Exports(string signal)
    {
        lock (_gate)
        {
            return [.. _exports.Where(export => export.Path.Contains(signal, StringComparison.OrdinalIgnoreCase)).Select(export => new ProtoMessage(export.Body))];
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request);
        if (Refuses)
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var grpc = context.Request.ContentType == "application/grpc";
        lock (_gate)
        {
            _exports.Add((context.Request.Path, grpc ? Unframe(body) : body));
            _headers.Add(context.Request.Headers["x-otlp-api-key"].ToString());
        }

        context.Response.ContentType = grpc ? "application/grpc" : "application/x-protobuf";
        if (grpc)
        {
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy);
        return request.Headers.ContentEncoding == "gzip" ? Inflate(copy.ToArray()) : copy.ToArray();
    }

    // gRPC puts one byte (compressed or not) and the length before the message.
    private static byte[] Unframe(byte[] frame)
    {
        var message = frame.AsSpan(5, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1))).ToArray();
        return frame[0] == 1 ? Inflate(message) : message;
    }

    private static byte[] Inflate(byte[] data)
    {
        using var zipped = new GZipStream(new MemoryStream(data), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zipped.CopyTo(plain);
        return plain.ToArray();
    }
}
