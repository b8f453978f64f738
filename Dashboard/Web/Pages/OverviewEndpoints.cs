using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Components.Overview;
using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the Overview: the page, and the part of it that changes.</summary>
internal static class OverviewEndpoints
{
    public const string DefaultRange = "15m";

    public static void MapOverview(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/", PageAsync);
        pages.MapGet("/fragments/overview", FragmentAsync);
    }

    private static async Task<RazorComponentResult<OverviewPage>> PageAsync(
        string? range, string? from, string? to, HttpContext context, OverviewQueries queries, StackWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var model = await ModelAsync(TimeRange.Parse(range, from, to, time.GetUtcNow(), DefaultRange), viewer, queries, watch, time, cancellationToken);
        return new RazorComponentResult<OverviewPage>(new { Model = model, Viewer = viewer });
    }

    private static async Task<RazorComponentResult<OverviewView>> FragmentAsync(
        string? range, string? from, string? to, HttpContext context, OverviewQueries queries, StackWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var shown = TimeRange.Parse(range, from, to, time.GetUtcNow(), DefaultRange);
        return new RazorComponentResult<OverviewView>(new { Model = await ModelAsync(shown, PageEndpoints.ViewerOf(context), queries, watch, time, cancellationToken) });
    }

    private static async Task<OverviewModel> ModelAsync(
        TimeRange range, Viewer viewer, OverviewQueries queries, StackWatch watch, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var figures = await queries.ReadAsync(OverviewWindow.Of(range.From, range.To, now), cancellationToken);
        return OverviewModel.From(figures, watch.Current, viewer, range, now);
    }
}
