using Microsoft.AspNetCore.Http.HttpResults;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Data;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of the pages: each reads its filter from the URL, asks for the data and hands it to a component.</summary>
internal static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").RequireAuthorization(BrowserSignIn.Policy);
        pages.MapOverview();
        pages.MapResources();
        pages.MapGet("/structuredlogs", StructuredLogsAsync);
        pages.MapGet("/structuredlogs/resource/{name}", StructuredLogsOfAsync);
        pages.MapExports();
        pages.MapSettings();
        pages.MapTraces();
        pages.MapMetrics();
        pages.MapConsole();
        pages.MapCommands();
    }

    /// <summary>The viewer of this request.</summary>
    public static Viewer ViewerOf(HttpContext context) => Viewer.From(context.Request.Cookies) with
    {
        CanSignOut = context.RequestServices.GetRequiredService<BrowserSignIn>().CanSignOut(context),
        CanOperate = context.RequestServices.GetRequiredService<BrowserSignIn>().IsOperator(context),
        HasControl = context.RequestServices.GetRequiredService<StackWatch>().Current.Connection is not StackConnection.Alone,
    };

    /// <summary>A name as part of a path: the server decodes all of it but the slash.</summary>
    public static string NameOf(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public static RazorComponentResult<MessagePage> Message(HttpContext context, int status, string title, string text, params (string, string)[] links)
    {
        context.Response.StatusCode = status;
        return new RazorComponentResult<MessagePage>(new { Viewer = ViewerOf(context), Title = title, Text = text, Links = links })
        {
            StatusCode = status,
        };
    }

    private static Task<RazorComponentResult<StructuredLogsPage>> StructuredLogsOfAsync(
        string name, [AsParameters] LogRequest request, HttpContext context, LogQueries queries, CancellationToken cancellationToken) =>
        StructuredLogsAsync(request with { Resource = [.. request.Resource, NameOf(name)] }, context, queries, cancellationToken);

    private static async Task<RazorComponentResult<StructuredLogsPage>> StructuredLogsAsync(
        [AsParameters] LogRequest request, HttpContext context, LogQueries queries, CancellationToken cancellationToken)
    {
        var viewer = ViewerOf(context);
        var newest = await queries.FindAsync(new LogFilter { Limit = 1, CountTotal = false }, cancellationToken);
        var found = await queries.FindAsync(request.Filter() with { BeforeId = request.BeforeId }, cancellationToken);
        var model = new LogsModel
        {
            Lines = [.. found.Rows.Reverse().Select(row => LogLineModel.From(row, viewer))],
            TotalCount = found.TotalCount,
            IsPartial = found.IsPartial,
            IsOlderPage = request.BeforeId is not null,
            IsFiltered = request.IsFiltered,
            Resources = ResourceChoice.From(TelemetryGroup.From(queries.Resources()), request.Resources),
            Level = request.KnownLevel,
            Text = request.Text,
            TraceId = string.IsNullOrWhiteSpace(request.TraceId) ? null : request.TraceId.Trim(),
            Query = request.Query(),
            Cursor = Math.Max(LastId(newest), LastId(found)).ToString(),
            OlderAddress = found.HasOlder && found.Rows.Count > 0 ? request.Address(found.Rows[0].Id) : null,
        };
        return new RazorComponentResult<StructuredLogsPage>(new { Model = model, Viewer = viewer });
    }

    private static long LastId(LogPage page) => page.Rows is [.., var last] ? last.Id : 0;
}
