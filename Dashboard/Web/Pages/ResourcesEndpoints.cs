using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the Resources page: the page, and its live part.</summary>
internal static class ResourcesEndpoints
{
    public static void MapResources(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/resources", ShowAsync);
        pages.MapGet("/fragments/resources", ShowFragmentAsync);
    }

    public static async Task<RazorComponentResult<ResourcesPage>> ShowAsync(
        [AsParameters] ResourcesQuery query, HttpContext context, ResourcesReader reader, LogQueries queries, CancellationToken cancellationToken)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        return viewer.HasControl
            ? new RazorComponentResult<ResourcesPage>(new { Model = await reader.ReadAsync(query, viewer, cancellationToken), Viewer = viewer })
            : new RazorComponentResult<ResourcesPage>(new { Telemetry = TelemetryGroup.From(queries.Resources()), Viewer = viewer });
    }

    private static async Task<RazorComponentResult<ResourcesView>> ShowFragmentAsync(
        [AsParameters] ResourcesQuery query, HttpContext context, ResourcesReader reader, CancellationToken cancellationToken) =>
        new(new { Model = await reader.ReadAsync(query, PageEndpoints.ViewerOf(context), cancellationToken) });
}

/// <summary>Puts together what the Resources page shows: the status, the details that are open, the commands that were given.</summary>
internal sealed class ResourcesReader(StackWatch watch, DetailsReader details, CommandDesk desk, TimeProvider time)
{
    public async Task<ResourcesModel> ReadAsync(ResourcesQuery query, Viewer viewer, CancellationToken cancellationToken)
    {
        var known = string.IsNullOrWhiteSpace(query.Resource) || query.IsAudit ? null : await details.ReadAsync(query.Resource, cancellationToken);
        var (view, now) = (watch.Current, time.GetUtcNow());
        var model = ResourcesModel.From(view, query, viewer, now) with { Commands = [.. desk.Recent.Select(c => CommandNote.From(c, viewer))] };
        if (query.IsAudit)
        {
            return model with { Audit = AuditModel.From(desk.Audit(AuditModel.PageSize, query.BeforeId), query, viewer) };
        }

        return string.IsNullOrWhiteSpace(query.Resource) || view.Status is null
            ? model
            : model with { Details = DetailsModel.From(query.Resource, view, known, query, viewer, view.IsStale && view.AsOf is { } heard ? heard : now) };
    }
}
