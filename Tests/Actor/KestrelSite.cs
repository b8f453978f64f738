using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Testing.Load;

namespace Actor;

/// <summary>
/// A site as ASP.NET Core serves it, with what Stack gives its sites: answers with its name, its process id and the id that the request has, and takes as long as the request's <c>wait</c> says.
/// With a folder it notes there what it executes, before it answers.
/// </summary>
internal sealed class KestrelSite(string name, RequestRecord? record)
{
    public static async Task RunAsync(int port, string? folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.AddServiceDefaults();
        await using var app = builder.Build();
        var replica = Environment.GetEnvironmentVariable("STACK_INSTANCE") ?? "site";
        using var record = folder is null ? null : new RequestRecord(folder, replica);
        KestrelSite site = new($"{replica} {Environment.ProcessId}", record);
        app.UseWebSockets();
        app.MapDefaultEndpoints();
        app.MapGet("/", site.GetAsync);
        app.MapPost("/", site.PostAsync);
        app.MapGet("/events", site.EventsAsync);
        app.MapGet("/socket", site.SocketAsync);
        await app.RunAsync();
    }

    private async Task<string> GetAsync(HttpContext context, string id = "", int wait = 0)
    {
        record?.Add(TimeProvider.System.GetTimestamp(), "GET", id);
        await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System, context.RequestAborted);
        return $"{name} {id}";
    }

    private async Task<string> PostAsync(HttpContext context, int wait = 0)
    {
        var arrived = TimeProvider.System.GetTimestamp();
        using StreamReader reader = new(context.Request.Body);
        var id = (await reader.ReadToEndAsync(context.RequestAborted)).TrimEnd();
        await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System, CancellationToken.None);
        record?.Add(arrived, "POST", id);
        return $"{name} {id}";
    }

    /// <summary>So many events with so many milliseconds between them, then nothing until the client leaves.</summary>
    private async Task EventsAsync(HttpContext context, int every, int count = int.MaxValue)
    {
        context.Response.ContentType = "text/event-stream";
        for (var number = 0; number < count; number++)
        {
            await context.Response.WriteAsync($"data: {name} {number}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(every), TimeProvider.System, context.RequestAborted);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }

    /// <summary>Says its name, then everything that it is told.</summary>
    private async Task SocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(name), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
}
