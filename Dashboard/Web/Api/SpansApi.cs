using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>Single spans for scripts and agents: <c>GET /api/telemetry/spans</c>.</summary>
internal static class SpansApi
{
    private const int DefaultLimit = 200;

    public static void Map(RouteGroupBuilder api) => api.MapGet("spans", FindAsync);

    private static async Task<IResult> FindAsync(HttpContext context, SpanQueries spans, LogQueries queries, SpanFollower follower)
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
            Limit = query.Limit(DefaultLimit),
        };
        if (query.Flag("follow") == true)
        {
            return ApiReply.Lines(body => follower.RunAsync(filter, body, context.RequestAborted));
        }

        if (ApiReply.Unknown(filter.Resources, queries) is { } unknown)
        {
            return unknown;
        }

        var page = await spans.FindAsync(filter, context.RequestAborted);
        return ApiReply.Of(
            json => OtlpJsonWriter.WriteResourceSpans(json, page.Spans),
            new ReplyFigures(page.TotalCount, page.Spans.Count, page.Spans is [.., var last] ? last.Id : null, page.IsPartial),
            context.RequestAborted);
    }
}
