using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the traces: the list, and one trace.</summary>
internal static class TraceEndpoints
{
    private const int PageSize = 50;

    public static void MapTraces(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/traces", TracesAsync);
        pages.MapGet("/traces/detail/{traceId}", TraceAsync);
    }

    private static async Task<RazorComponentResult<TracesPage>> TracesAsync(
        [FromQuery(Name = "resource")] string? resource, [FromQuery(Name = "errors")] string? errors, [FromQuery(Name = "before")] string? before,
        HttpContext context, TraceQueries traces, LogQueries queries, CancellationToken cancellationToken)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var onlyErrors = errors is "true";
        var chosen = string.IsNullOrWhiteSpace(resource) ? null : resource.Trim();
        var page = await traces.FindAsync(
            new TraceFilter
            {
                Resources = chosen is null ? [] : [chosen],
                HasError = onlyErrors ? true : null,
                BeforeId = long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null,
                Limit = PageSize,
            },
            cancellationToken);
        var query = $"{(chosen is null ? "" : $"&resource={Uri.EscapeDataString(chosen)}")}{(onlyErrors ? "&errors=true" : "")}";
        var model = new TracesModel
        {
            Traces = [.. page.Traces.Where(trace => trace.Spans.Count > 0).Select(trace => TraceModel.From(trace, viewer))],
            Resources = TelemetryGroup.From(queries.Resources().Where(known => known.HasTraces)),
            Resource = chosen,
            OnlyErrors = onlyErrors,
            IsPartial = page.IsPartial,
            IsOlderPage = before is not null,
            NewestAddress = query.Length == 0 ? "/traces" : $"/traces?{query[1..]}",
            OlderAddress = page.OlderThan is { } cursor ? $"/traces?before={cursor}{query}" : null,
        };
        return new RazorComponentResult<TracesPage>(new { Model = model, Viewer = viewer });
    }

    private static async Task<IResult> TraceAsync(string traceId, HttpContext context, TraceQueries traces, CancellationToken cancellationToken)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var isId = traceId.Length == 32 && traceId.All(char.IsAsciiHexDigit);
        return isId && await traces.FindAsync(traceId.ToLowerInvariant(), cancellationToken) is { } trace
            ? new RazorComponentResult<TracePage>(new { Model = TraceModel.From(trace, viewer), Viewer = viewer })
            : PageEndpoints.Message(
                context, StatusCodes.Status404NotFound, "There is no such trace", $"No span of '{traceId}' has arrived, or none is kept any more.", ("Traces", "/traces"));
    }
}
