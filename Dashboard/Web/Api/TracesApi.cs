using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>Traces for scripts and agents: <c>GET /api/telemetry/traces</c> and <c>/traces/{traceId}</c>.</summary>
internal static class TracesApi
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("traces", TracesAsync);
        api.MapGet("traces/{traceId}", TraceAsync);
    }

    /// <summary>The limit and both counts are of traces; the data holds all their spans.</summary>
    private static async Task<IResult> TracesAsync(HttpContext context, TraceQueries traces, LogQueries queries)
    {
        var query = new ApiQuery(context.Request.Query);
        var filter = new TraceFilter
        {
            Resources = query.Resources,
            HasError = query.Flag("hasError"),
            Text = query.Search,
            From = query.Time("from"),
            To = query.Time("to"),
            AfterId = query.After,
            Limit = query.Limit(DefaultLimit, MaxLimit),
            Whole = true,
        };
        if (ApiReply.Unknown(filter.Resources, queries) is { } unknown)
        {
            return unknown;
        }

        if (query.Flag("follow") == true)
        {
            return Bad("Traces cannot be followed: a trace has no end. Follow 'spans'.");
        }

        var page = await traces.FindAsync(filter, context.RequestAborted);
        var isAll = page.Next is null && filter.AfterId is null;
        var (total, isPartial) = isAll || query.CountUpTo == 0
            ? (page.Traces.Count, page.IsPartial)
            : await traces.CountAsync(filter with { AfterId = null }, query.CountUpTo, context.RequestAborted);
        return ApiReply.Of(
            json => OtlpJsonWriter.WriteResourceSpans(json, (filter.AfterId is null ? page.Traces.Reverse() : page.Traces).SelectMany(trace => trace.Spans)),
            new ReplyFigures(total, page.Traces.Count, page.UpToId, page.IsPartial || isPartial) { IsAtLeast = !isAll && query.CountUpTo > 0 && total >= Math.Min(query.CountUpTo, TraceSearch.MaxSorted) },
            context.RequestAborted);
    }

    private static async Task<IResult> TraceAsync(string traceId, HttpContext context, TraceQueries traces)
    {
        if (traceId.Length != 32 || !traceId.All(char.IsAsciiHexDigit))
        {
            return Bad($"'{traceId}' is not 32 hexadecimal digits.");
        }

        return await traces.FindAsync(traceId.ToLowerInvariant(), null, context.RequestAborted) is { } trace
            ? ApiReply.Of(json => OtlpJsonWriter.WriteResourceSpans(json, trace.Spans), new ReplyFigures(1, 1, null, trace.IsPartial), context.RequestAborted)
            : TypedResults.Problem($"There is no trace '{traceId}'.", statusCode: StatusCodes.Status404NotFound);
    }

    private static ProblemHttpResult Bad(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status400BadRequest);
}
