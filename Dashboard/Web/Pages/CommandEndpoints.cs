using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Control;
using Stack.Dashboard.Web.Security;

namespace Stack.Dashboard.Web.Pages;

/// <summary>Routes of commands: the question before one, and the form that gives it.</summary>
internal static class CommandEndpoints
{
    public const string Route = "/resources/command";

    public static void MapCommands(this IEndpointRouteBuilder pages)
    {
        pages.MapGet(Route, AskAsync);
        pages.MapPost(Route, GiveAsync);
    }

    private static async Task<RazorComponentResult<ConfirmPage>> AskAsync(
        string name, string command, int? replicas, [FromQuery(Name = "return")] string? returnUrl,
        HttpContext context, StackWatch watch, DetailsReader details, CancellationToken cancellationToken)
    {
        var viewer = PageEndpoints.ViewerOf(context);
        var known = await details.ReadAsync(name, cancellationToken);
        var order = new StackOrder(command, name, replicas);
        var releases = command == StackOrder.Rollback ? await details.ReadReleasesAsync(name, cancellationToken) : [];
        return new RazorComponentResult<ConfirmPage>(new
        {
            Viewer = viewer,
            Model = ConfirmModel.From(order, watch.Current, known?.Commands.FirstOrDefault(c => c.Name == command), releases, viewer, Back(returnUrl, name)),
        });
    }

    private static async Task<IResult> GiveAsync(HttpContext context, CommandDesk desk, StackWatch watch, BrowserSignIn signIn, IAntiforgery antiforgery)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
        {
            return PageEndpoints.Message(context, StatusCodes.Status400BadRequest, "This form was out of date", "Nothing was done. Go back, and give the command again.", ("Resources", "/resources"));
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var order = OrderOf(form);
        var (role, address) = (signIn.RoleOf(context), $"{context.Connection.RemoteIpAddress ?? IPAddress.None}");
        if (!signIn.IsOperator(context))
        {
            desk.Forbid(order, role, address);
            return PageEndpoints.Message(context, StatusCodes.Status403Forbidden, "Your token only reads", "Sign in with the operator's token to give commands.", ("Resources", "/resources"));
        }

        if (order.Command.Length == 0 || order.Target.Length == 0 || CommandRules.WhyNot(watch.Current, PageEndpoints.ViewerOf(context)) is not null)
        {
            var reason = CommandRules.WhyNot(watch.Current, PageEndpoints.ViewerOf(context)) ?? "The form names no command, or nothing to give it to.";
            return PageEndpoints.Message(context, StatusCodes.Status409Conflict, "The command was not given", reason, ("Resources", "/resources"));
        }

        await desk.GiveAsync(order, role, address);
        context.Response.Headers.Location = Back(form["return"], order.Target);
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static StackOrder OrderOf(IFormCollection form)
    {
        var command = form["command"].ToString();
        var replicas = int.TryParse(form["replicas"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        return new StackOrder(
            command, form["name"].ToString(), command == StackOrder.Scale ? replicas : null, command == StackOrder.Rollback && form["release"].ToString() is { Length: > 0 } release ? release : null);
    }

    private static string Back(string? returnUrl, string name) =>
        LoginEndpoints.Local(returnUrl) is var local and not "/" ? local : $"/resources?resource={Uri.EscapeDataString(name)}";
}
