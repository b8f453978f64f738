using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary><c>GET operations/{id}</c>: what became of a command that was given with <c>?wait=false</c>.</summary>
internal static class OperationRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
        => v1.MapGet("/operations/{id}", (RequestDelegate)(request =>
        {
            var id = RequestTarget.Segment(request, 2);
            return context.Operations.Find(id) is { } operation
                ? Problems.WriteJsonAsync(request, operation, ControlJson.Default.Operation)
                : Problems.WriteAsync(request, StatusCodes.Status404NotFound, $"There is no operation '{id}'. The last {Operations.Kept} are kept, until the AppHost ends.");
        }));
}
