using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>
/// <c>POST {name}/{command}</c>, for <c>start</c>, <c>stop</c>, <c>restart</c> and every other command that the resource has; <c>POST {name}/commands/{command}</c>, the same for one whose name means
/// something else here; <c>POST {name}/scale</c> and <c>POST down</c>.
/// </summary>
internal static partial class CommandRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
    {
        v1.MapPost("/{name}/{command}", (RequestDelegate)(request => ExecuteAsync(request, 2, context)));
        v1.MapPost("/{name}/commands/{command}", (RequestDelegate)(request => ExecuteAsync(request, 3, context)));
        v1.MapPost("/{name}/scale", (RequestDelegate)(request => ScaleAsync(request, context)));
        v1.MapPost("/down", (RequestDelegate)(request => DownAsync(request, context)));
    }

    private static async Task ExecuteAsync(HttpContext request, int segment, ControlContext context)
    {
        var name = RequestTarget.Segment(request, 1);
        var command = RequestTarget.Segment(request, segment);
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
        await AnswerAsync(request, context, command, name, token => context.Control.ExecuteAsync(name, command, token)).ConfigureAwait(false);
    }

    private static async Task ScaleAsync(HttpContext request, ControlContext context)
    {
        var scale = await ReadAsync(request, ControlJson.Default.ScaleRequest, "scale", "{\"replicas\":6}").ConfigureAwait(false);
        if (await FindResourceAsync(request, context, "scaled").ConfigureAwait(false) is not { } resource)
        {
            return;
        }

        if (scale?.Replicas is not >= 0)
        {
            await Problems.WriteAsync(request, CommandOutcome.Invalid("replicas", "The setting 'replicas' takes a number of 0 or more.")).ConfigureAwait(false);
            return;
        }

        var (replicas, peer) = (scale.Replicas.Value, PeerCheck.Of(request));
        LogScale(context.Logger, resource, replicas, peer.Uid, peer.Pid);
        await AnswerAsync(request, context, "scale", resource, token => context.Control.ScaleAsync(resource, replicas, token)).ConfigureAwait(false);
    }

    /// <summary>The resource that the path names, as it is spelled; null: there is none, or it is a replica, and that was answered.</summary>
    internal static async Task<string?> FindResourceAsync(HttpContext request, ControlContext context, string done)
    {
        var name = RequestTarget.Segment(request, 1);
        if (context.Control.GetStatus().Resources.FirstOrDefault(r => Same(r.Name, name) || r.Replicas.Any(i => Same(i.Name, name))) is not { } resource)
        {
            await Problems.UnknownNameAsync(request, name, context.Control).ConfigureAwait(false);
            return null;
        }

        if (!Same(resource.Name, name))
        {
            await Problems.WriteAsync(request, CommandOutcome.Invalid("name", $"'{name}' is one replica of '{resource.Name}'; only a resource can be {done}.")).ConfigureAwait(false);
            return null;
        }

        return resource.Name;
    }

    private static async Task DownAsync(HttpContext request, ControlContext context)
    {
        var down = await ReadAsync(request, ControlJson.Default.DownRequest, "down", "{\"force\":true}").ConfigureAwait(false) ?? new DownRequest();
        if (down is { Force: true, LeaveRunning: true })
        {
            await Problems.WriteAsync(request, CommandOutcome.Invalid("leaveRunning", "The settings 'force' and 'leaveRunning' exclude each other.")).ConfigureAwait(false);
            return;
        }

        var peer = PeerCheck.Of(request);
        LogDown(context.Logger, peer.Uid, peer.Pid, down.Force, down.LeaveRunning);
        var outcome = context.Control.RequestDown(down.Force, down.LeaveRunning);
        if (!outcome.Succeeded)
        {
            await Problems.WriteAsync(request, outcome).ConfigureAwait(false);
            return;
        }

        request.Response.StatusCode = StatusCodes.Status202Accepted;
        await Problems.WriteJsonAsync(request, new CommandResult(), ControlJson.Default.CommandResult).ConfigureAwait(false);
    }

    /// <summary>Runs a command and tells its outcome; with <c>?wait=false</c> answers at once, and the command goes on without its request.</summary>
    internal static async Task AnswerAsync(
        HttpContext request, ControlContext context, string command, string name, Func<CancellationToken, Task<CommandOutcome>> run)
    {
        if (request.Request.Query.ContainsKey("wait") && !RequestTarget.Flag(request, "wait"))
        {
            var operation = context.Operations.Begin(command, name, () => RunAsync(context, command, name, run, context.Stopping));
            request.Response.StatusCode = StatusCodes.Status202Accepted;
            request.Response.Headers.Location = $"/v1/operations/{operation.Id}";
            await Problems.WriteJsonAsync(request, operation, ControlJson.Default.Operation).ConfigureAwait(false);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(request.RequestAborted, context.Stopping);
        var outcome = await RunAsync(context, command, name, run, ending.Token).ConfigureAwait(false);
        await (outcome.Succeeded
            ? Problems.WriteJsonAsync(request, new CommandResult { Message = outcome.Message }, ControlJson.Default.CommandResult)
            : Problems.WriteAsync(request, outcome)).ConfigureAwait(false);
    }

    private static async Task<CommandOutcome> RunAsync(
        ControlContext context, string command, string name, Func<CancellationToken, Task<CommandOutcome>> run, CancellationToken cancellationToken)
    {
        var outcome = await run(cancellationToken).ConfigureAwait(false);
        if (!outcome.Succeeded)
        {
            LogCommandFailed(context.Logger, command, name, outcome.Message);
        }

        return outcome;
    }

    /// <summary>The body, null when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is no such JSON.</exception>
    internal static async Task<T?> ReadAsync<T>(HttpContext request, JsonTypeInfo<T> type, string command, string example)
        where T : class
    {
        using var reader = new StreamReader(request.Request.Body);
        var body = await reader.ReadToEndAsync(request.RequestAborted).ConfigureAwait(false);
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"The body is not what '{command}' takes, {example}: {e.Message}", e);
        }
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static bool IsKnown(IStackControl control, string name) =>
        control.GetStatus().Resources.Any(r => Same(r.Name, name) || r.Replicas.Any(i => Same(i.Name, name)));

    [LoggerMessage(8003, LogLevel.Information, "Command {Command} on {Instance}, by user {Uid} (process {Pid}).")]
    private static partial void LogCommand(ILogger logger, string command, string instance, uint uid, int pid);

    [LoggerMessage(8004, LogLevel.Warning, "Command {Command} on {Instance} failed: {Reason}")]
    private static partial void LogCommandFailed(ILogger logger, string command, string instance, string? reason);

    [LoggerMessage(8005, LogLevel.Information, "Stop of the whole stack, by user {Uid} (process {Pid}); force: {Force}, leave the replicas running: {LeaveRunning}.")]
    private static partial void LogDown(ILogger logger, uint uid, int pid, bool force, bool leaveRunning);

    [LoggerMessage(8006, LogLevel.Information, "Scale of {Resource} to {Replicas}, by user {Uid} (process {Pid}).")]
    private static partial void LogScale(ILogger logger, string resource, int replicas, uint uid, int pid);
}
