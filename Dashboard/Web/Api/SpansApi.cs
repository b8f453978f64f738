using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>Single spans for scripts and agents: <c>GET /api/telemetry/spans</c>.</summary>
internal static class SpansApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("spans", FindAsync);

    private static Task<IResult> FindAsync(HttpContext context, SpanQueries spans, LogQueries queries, SpanFollower follower)
    {
        var query = new ApiQuery(context.Request.Query);
        var filter = new SpanFilter
        {
            Resources = query.Resources,
            TraceId = query.TraceId,
            HasError = query.Flag("hasError"),
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
            var page = await spans.FindAsync(filter, aborted);
            return ApiReply.Of(
                json => OtlpJsonWriter.WriteResourceSpans(json, page.Spans),
                new ReplyFigures(page.TotalCount, page.Spans.Count, page.Spans is [.., var last] ? last.Id : null, page.IsPartial) { IsAtLeast = !page.IsCounted && filter.CountUpTo > 0 },
                aborted);
        });
    }
}
