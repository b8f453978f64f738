using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>A small site on a port of its own, which counts its connections and can vanish like a killed process.</summary>
internal sealed class TestSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, Gathering> _gatherings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _cuts = new(StringComparer.Ordinal);
    private int _connections;
    private int _requests;

    private TestSite(WebApplication app) => _app = app;

    public int Port { get; private set; }

    public int Connections => _connections;

    public int Requests => _requests;

    /// <summary>Bodies of the POST requests that were executed.</summary>
    public ConcurrentBag<string> Posts { get; } = [];

    /// <summary>How often the requests of that name were executed, and then cut without an answer.</summary>
    public int Cut(string name) => _cuts.GetValueOrDefault(name);

    /// <summary>Lets the stream at /events go on after its first event.</summary>
    public void SendNextEvent() => _next.TrySetResult();

    public static async Task<TestSite> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        TestSite? site = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Use(next => connection =>
            {
                Interlocked.Increment(ref site!._connections);
                return next(connection);
            }));
        });
        var app = builder.Build();
        site = new TestSite(app);
        site.Map();
        await app.StartAsync();
        site.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return site;
    }

    /// <summary>Closes the port and cuts all connections at once, in the middle of whatever they are doing.</summary>
    public Task VanishAsync() => _app.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        _next.TrySetResult();
        await VanishAsync();
        await _app.DisposeAsync();
    }

    private void Map()
    {
        _app.UseWebSockets();
        _app.Use((context, next) =>
        {
            Interlocked.Increment(ref _requests);
            return context.Request.Headers.ContainsKey("X-Show")
                ? context.Response.WriteAsync($"{Port} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}")
                : next(context);
        });
        _app.MapPost("/cut/{**name}", (HttpContext context, string name) =>
        {
            _cuts.AddOrUpdate(name, 1, (_, count) => count + 1);
            context.Abort();
        });
        _app.MapGet("/", () => $"{Port}");
        _app.MapGet("/headers", (HttpRequest request) => request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        _app.MapGet("/own-headers", (HttpResponse response) =>
        {
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers["Referrer-Policy"] = "no-referrer";
        });
        _app.MapGet("/problem", () => Results.Problem("broken", statusCode: 500));
        _app.MapGet("/cookie", (HttpResponse response) => response.Headers.SetCookie = $"id={new string('x', 12_000)}");
        _app.MapPost("/echo", EchoAsync);
        _app.MapPost("/length", async (HttpRequest request) =>
        {
            using MemoryStream body = new();
            await request.Body.CopyToAsync(body);
            return $"{body.Length}";
        });
        _app.MapGet("/health", () => "healthy");
        _app.MapGet("/never", async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        _app.MapGet("/gather/{name}/{count:int}", (string name, int count) => _gatherings.GetOrAdd(name, _ => new Gathering(count)).JoinAsync());
        _app.MapGet("/events", EventsAsync);
        _app.MapGet("/socket", SocketAsync);
    }

    private async Task<string> EchoAsync(HttpRequest request)
    {
        using StreamReader reader = new(request.Body);
        var body = await reader.ReadToEndAsync();
        Posts.Add(body);
        return body;
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.WriteAsync("data: first\n\n");
        await context.Response.Body.FlushAsync();
        await _next.Task;
        await context.Response.WriteAsync("data: second\n\n");
    }

    private static async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    /// <summary>Requests that are answered when so many of them are there.</summary>
    private sealed class Gathering(int count)
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _there;

        public Task JoinAsync()
        {
            if (Interlocked.Increment(ref _there) == count)
            {
                _complete.SetResult();
            }

            return _complete.Task;
        }
    }
}
