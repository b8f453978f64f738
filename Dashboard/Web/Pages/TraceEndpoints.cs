using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the traces: the list, one trace, the details of one span, and a trace as a file.</summary>
internal static class TraceEndpoints
{
    private const int MaxRecords = 1000;

    // Records are written by the same clocks as the spans, but not always at the same time.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(10);

    public static void MapTraces(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/traces", TracesAsync);
        pages.MapGet("/traces/detail/{traceId}", TraceAsync);
        pages.MapGet("/traces/export/{traceId}", ExportAsync);
        pages.MapGet("/fragments/traces/{traceId}/{span}", PaneAsync);
    }

    private static async Task<IResult> TracesAsync(
        TraceRequest request, HttpContext context, TraceQueries traces, LogQueries queries, TimeProvider time, CancellationToken cancellationToken)
    {
        // Who pastes the id of a trace wants to see that one.
        if (request.Text?.Trim() is { } text && IsId(text))
        {
            return TypedResults.Redirect($"/traces/detail/{text.ToLowerInvariant()}");
        }

        var (viewer, now) = (PageEndpoints.ViewerOf(context), time.GetUtcNow());
        var filter = request.Filter(now);
        var page = await traces.FindAsync(filter, cancellationToken);
        var sample = page.Traces.Count == 0 && filter.Before is null ? null : await traces.SampleAsync(filter, cancellationToken);
        var model = new TracesModel
        {
            Request = request,
            Range = request.TimeRange(now),
            Traces = TraceLineModel.From(page.Traces, viewer),
            Figures = sample is null ? null : TraceFigures.From(sample, request, request.TimeRange(now), viewer),
            Resources = ResourceChoice.From(TelemetryGroup.From(queries.Resources().Where(known => known.HasTraces)), request.Resources),
            IsPartial = page.IsPartial,
            Problem = filter.Search.Problem,
            OlderAddress = page.Next is { } next ? (request with { Before = next.ToString() }).Address() : null,
            Newest = page.Traces.Count == 0 && !request.IsFiltered ? await NewestAsync(traces, cancellationToken) : null,
            Cursor = page.UpToId.ToString(CultureInfo.InvariantCulture),
        };
        return new RazorComponentResult<TracesPage>(new { Model = model, Viewer = viewer });
    }

    private static async Task<IResult> TraceAsync(
        string traceId, [FromQuery(Name = "t")] string? t, [FromQuery(Name = "span")] string? span,
        HttpContext context, TraceQueries traces, LogQueries logs, CancellationToken cancellationToken)
    {
        return await FindAsync(traceId, t, span, context, traces, logs, cancellationToken) is { } model
            ? new RazorComponentResult<TracePage>(new { Model = model, Viewer = PageEndpoints.ViewerOf(context) })
            : PageEndpoints.Message(
                context, StatusCodes.Status404NotFound, "There is no such trace", $"No span of '{traceId}' has arrived, or none is kept any more.", ("Traces", "/traces"));
    }

    private static async Task<IResult> PaneAsync(
        string traceId, string span, [FromQuery(Name = "t")] string? t, HttpContext context, TraceQueries traces, LogQueries logs, CancellationToken cancellationToken) =>
        await FindAsync(traceId, t, span, context, traces, logs, cancellationToken) is { Pane: { } pane }
            ? new RazorComponentResult<SpanPane>(new { Span = pane })
            : TypedResults.NotFound();

    private static async Task<IResult> ExportAsync(
        string traceId, [FromQuery(Name = "t")] string? t, [FromQuery(Name = "span")] string? span,
        HttpContext context, TraceQueries traces, CancellationToken cancellationToken)
    {
        if (!IsId(traceId) || await traces.FindAsync(traceId.ToLowerInvariant(), TimeOf(t), cancellationToken) is not { } trace)
        {
            return TypedResults.NotFound();
        }

        var spans = trace.Spans.Where(item => span is null || item.Row.SpanId == span).ToList();
        return TypedResults.Stream(
            async body =>
            {
                await using var json = new Utf8JsonWriter(body, new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                OtlpJsonWriter.WriteResourceSpans(json, spans);
                json.WriteEndObject();
                await json.FlushAsync(cancellationToken);
            },
            MediaTypeNames.Application.Json, $"trace-{trace.Id}.json");
    }

    private static async Task<TraceModel?> FindAsync(
        string traceId, string? t, string? span, HttpContext context, TraceQueries traces, LogQueries logs, CancellationToken cancellationToken)
    {
        if (!IsId(traceId) || await traces.FindAsync(traceId.ToLowerInvariant(), TimeOf(t), cancellationToken) is not { } trace)
        {
            return null;
        }

        var filter = new LogFilter
        {
            TraceId = trace.Id,
            From = trace.Spans.Min(item => item.Row.Start) - Around,
            To = trace.Spans.Max(item => item.Row.End) + Around,
            Limit = MaxRecords,
            CountUpTo = 0,
        };
        var records = await logs.FindAsync(filter, cancellationToken);
        return TraceModel.From(trace, records.Rows, span?.ToLowerInvariant(), PageEndpoints.ViewerOf(context));
    }

    private static async Task<DateTimeOffset?> NewestAsync(TraceQueries traces, CancellationToken cancellationToken) =>
        (await traces.FindAsync(new TraceFilter { Limit = 1 }, cancellationToken)).Traces is [var newest] ? newest.Spans[0].Row.Start : null;

    private static bool IsId(string traceId) => traceId.Length == 32 && traceId.All(char.IsAsciiHexDigit);

    private static DateTimeOffset? TimeOf(string? milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value < 4_000_000_000_000 ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
