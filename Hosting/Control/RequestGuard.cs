using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Control;

/// <summary>Around every request: lets in only whom <see cref="PeerCheck"/> allows, and turns what goes wrong into an answer.</summary>
internal static partial class RequestGuard
{
    public static async Task RunAsync(HttpContext request, RequestDelegate next, ControlContext context)
    {
        var peer = PeerCheck.Of(request);
        if (!context.Access.Allows(peer))
        {
            LogRefused(context.Logger, peer.Uid, peer.Pid);
            await Problems.WriteAsync(
                request, StatusCodes.Status403Forbidden, $"This stack belongs to another user; the user with id {peer.Uid} may not command it.").ConfigureAwait(false);
            return;
        }

        try
        {
            await next(request).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request.RequestAborted.IsCancellationRequested)
        {
            // The other side has gone; there is nobody to answer.
        }
        catch (OperationCanceledException) when (context.Stopping.IsCancellationRequested)
        {
            // A stream just ends here, properly terminated; an answer that was not begun says why.
            if (!request.Response.HasStarted)
            {
                await Problems.WriteAsync(request, StatusCodes.Status503ServiceUnavailable, "The AppHost is stopping.").ConfigureAwait(false);
            }
        }
        catch (IOException) when (request.RequestAborted.IsCancellationRequested)
        {
        }
        catch (BadHttpRequestException e)
        {
            await Problems.WriteAsync(request, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogFailed(context.Logger, request.Request.Method, request.Request.Path, e);
            if (request.Response.HasStarted)
            {
                request.Abort();   // a half answer must not look like a whole one
                return;
            }

            await Problems.WriteAsync(request, StatusCodes.Status500InternalServerError, e.Message).ConfigureAwait(false);
        }
    }

    [LoggerMessage(8001, LogLevel.Warning, "The user with id {Uid} (process {Pid}) was refused at the control socket: it serves its owner, root and, in production, the members of its group.")]
    private static partial void LogRefused(ILogger logger, uint uid, int pid);

    [LoggerMessage(8002, LogLevel.Error, "The control request {Method} {Path} failed.")]
    private static partial void LogFailed(ILogger logger, string method, string path, Exception exception);
}
