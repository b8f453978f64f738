using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary><c>POST {name}/deploy</c> and <c>rollback</c>, <c>GET {name}/releases</c>: the versions of a site.</summary>
internal static partial class ReleaseRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
    {
        v1.MapPost("/{name}/deploy", (RequestDelegate)(request => DeployAsync(request, context)));
        v1.MapPost("/{name}/rollback", (RequestDelegate)(request => RollbackAsync(request, context)));
        v1.MapGet("/{name}/releases", (RequestDelegate)(request => ReleasesAsync(request, context)));
    }

    private static async Task DeployAsync(HttpContext request, ControlContext context)
    {
        var deploy = await CommandRoutes.ReadAsync(request, ControlJson.Default.DeployRequest, "deploy", "{\"folder\":\"/srv/site-1.2\"}").ConfigureAwait(false) ?? new DeployRequest();
        if (await CommandRoutes.FindResourceAsync(request, context, "deployed").ConfigureAwait(false) is { } resource)
        {
            var peer = PeerCheck.Of(request);
            LogDeploy(context.Logger, resource, deploy.Folder ?? "its project", peer.Uid, peer.Pid);
            await CommandRoutes.AnswerAsync(request, context, "deploy", resource, token => context.Control.DeployAsync(resource, deploy.Folder, deploy.Name, token)).ConfigureAwait(false);
        }
    }

    private static async Task RollbackAsync(HttpContext request, ControlContext context)
    {
        var rollback = await CommandRoutes.ReadAsync(request, ControlJson.Default.RollbackRequest, "rollback", "{\"to\":\"v1.2\"}").ConfigureAwait(false) ?? new RollbackRequest();
        if (await CommandRoutes.FindResourceAsync(request, context, "rolled back").ConfigureAwait(false) is { } resource)
        {
            var peer = PeerCheck.Of(request);
            LogRollback(context.Logger, resource, rollback.To ?? "the release before", peer.Uid, peer.Pid);
            await CommandRoutes.AnswerAsync(request, context, "rollback", resource, token => context.Control.RollbackAsync(resource, rollback.To, token)).ConfigureAwait(false);
        }
    }

    private static async Task ReleasesAsync(HttpContext request, ControlContext context)
    {
        if (await CommandRoutes.FindResourceAsync(request, context, "deployed").ConfigureAwait(false) is { } resource && context.Control.ReleasesOf(resource) is { } releases)
        {
            await Problems.WriteJsonAsync(request, releases, ControlJson.Default.ReleaseList).ConfigureAwait(false);
        }
    }

    [LoggerMessage(8007, LogLevel.Information, "Deploy of {Resource} from {Source}, by user {Uid} (process {Pid}).")]
    private static partial void LogDeploy(ILogger logger, string resource, string source, uint uid, int pid);

    [LoggerMessage(8008, LogLevel.Information, "Rollback of {Resource} to {Release}, by user {Uid} (process {Pid}).")]
    private static partial void LogRollback(ILogger logger, string resource, string release, uint uid, int pid);
}
