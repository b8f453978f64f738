using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Stack.Dashboard.Ingest.Otlp;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

/// <summary>Takes spans and log records as the dashboard does, by its own messages, and can be away or refuse.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    public const string Key = "the key";

    private WebApplication? _app;

    public int Port { get; } = RunningNginx.FreePort();

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>What it answers.</summary>
    public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

    /// <summary>Spans of the messages that it accepted, with their resource.</summary>
    public ConcurrentQueue<(Resource Resource, Span Span)> Spans { get; } = [];

    public ConcurrentQueue<LogRecord> Logs { get; } = [];

    public static async Task<OtlpReceiver> StartAsync()
    {
        OtlpReceiver receiver = new();
        await receiver.OpenAsync();
        return receiver;
    }

    public async Task OpenAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        _app = builder.Build();
        _app.Run(TakeAsync);
        await _app.StartAsync();
    }

    public async Task CloseAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        context.Response.StatusCode = (int)(context.Request.Headers["x-otlp-api-key"] == Key ? Answer : HttpStatusCode.Unauthorized);
        if (context.Response.StatusCode != 200)
        {
            return;
        }

        if (context.Request.Path == "/v1/traces")
        {
            foreach (var sender in ExportTraceRequest.Parser.ParseFrom(body.ToArray()).ResourceSpans)
            {
                sender.ScopeSpans.SelectMany(scope => scope.Spans).ToList().ForEach(span => Spans.Enqueue((sender.Resource, span)));
            }
        }
        else if (context.Request.Path == "/v1/logs")
        {
            foreach (var record in ExportLogsRequest.Parser.ParseFrom(body.ToArray()).ResourceLogs.SelectMany(sender => sender.ScopeLogs).SelectMany(scope => scope.LogRecords))
            {
                Logs.Enqueue(record);
            }
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }
}

/// <summary>Reads what was received.</summary>
internal static class Received
{
    public static string Hex(this Google.Protobuf.ByteString id) => Convert.ToHexStringLower(id.Span);

    /// <summary>The value of an attribute as text; null when it is not there.</summary>
    public static string? Of(this IEnumerable<KeyValue> attributes, string key) => attributes.SingleOrDefault(attribute => attribute.Key == key)?.Value switch
    {
        null => null,
        { ValueCase: AnyValue.ValueOneofCase.IntValue } value => $"{value.IntValue}",
        { ValueCase: AnyValue.ValueOneofCase.DoubleValue } value => $"{value.DoubleValue}",
        var value => value.StringValue,
    };

    public static string Path(this Span span) => span.Attributes.Of("url.path")!;
}
