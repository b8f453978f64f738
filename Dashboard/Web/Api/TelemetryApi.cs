using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Data;

namespace Stack.Dashboard.Web.Api;

/// <summary>The telemetry API for scripts and agents, compatible with Aspire's: <c>GET /api/telemetry/…</c>.</summary>
internal static class TelemetryApi
{
    public static void MapTelemetryApi(this WebApplication app)
    {
        // The filter decides who is let in; a policy that sends browsers to the login page would answer scripts with a page.
        var access = new ApiAccess(app.Services.GetRequiredService<DashboardOptions>());
        var api = app.MapGroup("/api/telemetry").AllowAnonymous()
            .AddEndpointFilter(access)
            .AddEndpointFilter(RefuseBadQueriesAsync);
        api.MapGet("resources", (LogQueries queries) => TypedResults.Json(ResourceReply.Of(queries.Resources())));
        LogsApi.Map(api);
        SpansApi.Map(api);
        TracesApi.Map(api);
        api.MapGet("backup", (HttpContext context, StoreBackup backup) =>
        {
            ExportEndpoints.Name(context, "telemetry", "tar");
            return TypedResults.Stream(body => backup.WriteAsync(body, context.RequestAborted), "application/x-tar");
        }).AddEndpointFilter(access.RefuseReadersAsync);
        OverviewApi.Map(api);
        MetricsApi.Map(api);
        api.MapGet("{**rest}", (string rest) => TypedResults.Problem($"There is no '/api/telemetry/{rest}'.", statusCode: StatusCodes.Status404NotFound));
    }

    private static async ValueTask<object?> RefuseBadQueriesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadQueryException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
