using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>Log records for scripts and agents: <c>GET /api/telemetry/logs</c>.</summary>
internal static class LogsApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("logs", FindAsync);

    private static Task<IResult> FindAsync(HttpContext context, LogQueries queries, LogFollower follower)
    {
        var query = new ApiQuery(context.Request.Query);
        var filter = new LogFilter
        {
            Resources = query.Resources,
            MinSeverity = query.Severity,
            TraceId = query.TraceId,
            Text = query.Search,
            From = query.Time("from"),
            To = query.Time("to"),
            AfterId = query.After,
            Limit = query.Limit(RowsApi.DefaultLimit),
            CountUpTo = query.CountUpTo,
        };
        var aborted = context.RequestAborted;
        return RowsApi.AnswerAsync(query, queries, body => follower.RunAsync(filter, body, aborted), async () =>
        {
            var page = await queries.FindAsync(filter, aborted);
            return ApiReply.Of(
                json => OtlpJsonWriter.WriteResourceLogs(json, page.Rows),
                new ReplyFigures(page.TotalCount, page.Rows.Count, page.Rows is [.., var last] ? last.Id : null, page.IsPartial) { IsAtLeast = !page.IsCounted && filter.CountUpTo > 0 },
                aborted);
        });
    }
}
