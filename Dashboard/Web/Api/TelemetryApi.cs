using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Web.Api;

/// <summary>The telemetry API for scripts and agents, compatible with Aspire's: <c>GET /api/telemetry/…</c>.</summary>
internal static class TelemetryApi
{
    public static void MapTelemetryApi(this WebApplication app)
    {
        // The filter decides who is let in; a policy that sends browsers to the login page would answer scripts with a page.
        var api = app.MapGroup("/api/telemetry").AllowAnonymous()
            .AddEndpointFilter(new ApiAccess(app.Services.GetRequiredService<DashboardOptions>()));
        api.MapGet("resources", (LogQueries queries) => TypedResults.Json(ResourceReply.Of(queries.Resources())));
        api.MapGet("logs", LogsAsync);
        TracesApi.Map(api);
        api.MapGet("{**rest}", (string rest) => TypedResults.Problem($"There is no '/api/telemetry/{rest}'.", statusCode: StatusCodes.Status404NotFound));
    }

    private static async Task<IResult> LogsAsync(HttpContext context, LogQueries queries, LogFollower follower)
    {
        LogsRequest request;
        try
        {
            request = LogsRequest.Read(context.Request.Query);
        }
        catch (BadQueryException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }

        if (request.Follow)
        {
            return TypedResults.Stream(body => follower.RunAsync(request.Filter, body, context.RequestAborted), "application/x-ndjson");
        }

        if (Unknown(request.Filter.Resources, queries) is { } unknown)
        {
            return unknown;
        }

        var page = await queries.FindAsync(request.Filter, context.RequestAborted);
        return TypedResults.Stream(body => WriteAsync(page, body, context.RequestAborted), MediaTypeNames.Application.Json);
    }

    /// <summary>The answer to a name that nobody has; null when all are known.</summary>
    public static IResult? Unknown(IReadOnlyList<string> names, LogQueries queries)
    {
        var known = queries.Resources();
        return names.FirstOrDefault(name => !known.Any(resource => resource.IsNamed(name))) is { } unknown
            ? TypedResults.Problem(
                $"There is no resource '{unknown}'. Known: {(known.Count == 0 ? "none yet" : string.Join(", ", known.Select(resource => resource.DisplayName)))}.",
                statusCode: StatusCodes.Status404NotFound)
            : null;
    }

    private static async Task WriteAsync(LogPage page, Stream body, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteStartObject("data");
        OtlpJsonWriter.WriteResourceLogs(json, page.Rows);
        json.WriteEndObject();
        json.WriteNumber("totalCount", page.TotalCount);
        json.WriteNumber("returnedCount", page.Rows.Count);
        // Ours: what to give as 'after' to get what comes next.
        if (page.Rows is [.., var last])
        {
            json.WriteString("cursor", last.Id.ToString(CultureInfo.InvariantCulture));
        }

        if (page.IsPartial)
        {
            json.WriteBoolean("isPartial", true);
        }

        json.WriteEndObject();
        await json.FlushAsync(ct);
    }
}
