using Microsoft.AspNetCore.Http.HttpResults;
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
        pages.MapLogs();
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
}
