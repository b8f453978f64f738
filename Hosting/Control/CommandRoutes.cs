using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary><c>POST {name}/{command}</c>, for <c>start</c>, <c>stop</c>, <c>restart</c> and the commands of the AppHost's own, and <c>POST down</c>.</summary>
internal static partial class CommandRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
    {
        v1.MapPost("/{name}/{command}", (RequestDelegate)(request => ExecuteAsync(request, context)));
        v1.MapPost("/down", (RequestDelegate)(request => DownAsync(request, context)));
    }

    private static async Task ExecuteAsync(HttpContext request, ControlContext context)
    {
        var name = RequestTarget.Segment(request, 1);
        var command = RequestTarget.Segment(request, 2);
        if (!IsKnown(context.Control, name))
        {
            await Problems.UnknownNameAsync(request, name, context.Control).ConfigureAwait(false);
            return;
        }

        var commands = context.Control.CommandsOf(name);
        if (!commands.Contains(command, StringComparer.OrdinalIgnoreCase))
        {
            await Problems.WriteAsync(
                request, StatusCodes.Status404NotFound, $"There is no command '{command}'. Known: {string.Join(", ", commands)}.", commands).ConfigureAwait(false);
            return;
        }

        var peer = PeerCheck.Of(request);
        LogCommand(context.Logger, command, name, peer.Uid, peer.Pid);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.RequestAborted, context.Stopping);
        var outcome = await context.Control.ExecuteAsync(name, command, ending.Token).ConfigureAwait(false);
        if (outcome.Succeeded)
        {
            await Problems.WriteJsonAsync(request, new CommandResult { Message = outcome.Message }, ControlJson.Default.CommandResult).ConfigureAwait(false);
            return;
        }

        LogCommandFailed(context.Logger, command, name, outcome.Message);
        await Problems.WriteAsync(
            request, StatusCodes.Status409Conflict, outcome.Message ?? $"The command '{command}' on '{name}' failed; 'stack status' says in which state it is.").ConfigureAwait(false);
    }

    private static async Task DownAsync(HttpContext request, ControlContext context)
    {
        var down = new DownRequest();
        var body = await new StreamReader(request.Request.Body).ReadToEndAsync(request.RequestAborted).ConfigureAwait(false);
        if (body.Length > 0)
        {
            try
            {
                down = JsonSerializer.Deserialize(body, ControlJson.Default.DownRequest) ?? down;
            }
            catch (JsonException e)
            {
                throw new BadHttpRequestException($"The body is not what 'down' takes, {{\"force\":true}}: {e.Message}", e);
            }
        }

        var peer = PeerCheck.Of(request);
        LogDown(context.Logger, peer.Uid, peer.Pid, down.Force);
        context.Control.RequestDown(down.Force);
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        await Problems.WriteJsonAsync(request, new CommandResult(), ControlJson.Default.CommandResult).ConfigureAwait(false);
    }

    private static bool IsKnown(IStackControl control, string name) =>
        control.FindLogFile(name) is not null || control.GetStatus().Resources.Any(r => r.Name == name || r.Replicas.Any(i => i.Name == name));

    [LoggerMessage(8003, LogLevel.Information, "Command {Command} on {Instance}, by user {Uid} (process {Pid}).")]
    private static partial void LogCommand(ILogger logger, string command, string instance, uint uid, int pid);

    [LoggerMessage(8004, LogLevel.Warning, "Command {Command} on {Instance} failed: {Reason}")]
    private static partial void LogCommandFailed(ILogger logger, string command, string instance, string? reason);

    [LoggerMessage(8005, LogLevel.Information, "Stop of the whole stack, by user {Uid} (process {Pid}); force: {Force}.")]
    private static partial void LogDown(ILogger logger, uint uid, int pid, bool force);
}
