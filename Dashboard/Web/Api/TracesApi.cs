using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
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
        var query = context.Request.Query;
        if (!TryFlag(query["hasError"], out var hasError))
        {
            return Bad($"Parameter 'hasError' is '{query["hasError"]}', which is neither true nor false.");
        }

        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
        {
            return Bad($"Parameter 'limit' is '{text}', which is not a whole number from 1 to {MaxLimit}.");
        }

        var names = query["resource"].OfType<string>().Where(name => name.Length > 0).ToList();
        if (ApiReply.Unknown(names, queries) is { } unknown)
        {
            return unknown;
        }

        var page = await traces.FindAsync(new TraceFilter { Resources = names, HasError = hasError, Limit = limit }, context.RequestAborted);
        return Answer(page.Traces.Reverse(), page.Traces.Count, context.RequestAborted);
    }

    private static async Task<IResult> TraceAsync(string traceId, HttpContext context, TraceQueries traces)
    {
        if (traceId.Length != 32 || !traceId.All(char.IsAsciiHexDigit))
        {
            return Bad($"'{traceId}' is not 32 hexadecimal digits.");
        }

        return await traces.FindAsync(traceId, context.RequestAborted) is { } trace
            ? Answer([trace], 1, context.RequestAborted)
            : TypedResults.Problem($"There is no trace '{traceId}'.", statusCode: StatusCodes.Status404NotFound);
    }

    private static PushStreamHttpResult Answer(IEnumerable<StoredTrace> traces, int count, CancellationToken ct) => TypedResults.Stream(
        async body =>
        {
            await using var json = new Utf8JsonWriter(body);
            json.WriteStartObject();
            json.WriteStartObject("data");
            OtlpJsonWriter.WriteResourceSpans(json, traces.SelectMany(trace => trace.Spans));
            json.WriteEndObject();
            json.WriteNumber("totalCount", count);
            json.WriteNumber("returnedCount", count);
            json.WriteEndObject();
            await json.FlushAsync(ct);
        },
        MediaTypeNames.Application.Json);

    private static ProblemHttpResult Bad(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status400BadRequest);

    private static bool TryFlag(string? text, out bool? flag)
    {
        flag = bool.TryParse(text, out var value) ? value : null;
        return flag is not null || string.IsNullOrEmpty(text);
    }
}
