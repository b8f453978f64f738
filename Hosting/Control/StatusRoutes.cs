using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary><c>GET status</c>, <c>GET resources/{name}</c> and <c>GET dashboard</c>: what is there now.</summary>
internal static class StatusRoutes
{
    public static void Map(IEndpointRouteBuilder v1, ControlContext context)
    {
        v1.MapGet("/status", (RequestDelegate)(request =>
            Problems.WriteJsonAsync(request, context.Control.GetStatus(), ControlJson.Default.StackStatus)));
        v1.MapGet("/resources/{name}", (RequestDelegate)(request => RequestTarget.Segment(request, 2) is var name && context.Control.DetailsOf(name) is { } details
            ? Problems.WriteJsonAsync(request, details, ControlJson.Default.ResourceDetails)
            : Problems.UnknownNameAsync(request, name, context.Control)));
        v1.MapGet("/dashboard", (RequestDelegate)(request => context.Control.Dashboard is { } dashboard
            ? Problems.WriteJsonAsync(request, dashboard, ControlJson.Default.DashboardAccess)
            : Problems.WriteAsync(request, StatusCodes.Status404NotFound, "This AppHost runs no dashboard.")));
    }
}
