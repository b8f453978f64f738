using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Web.Components;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Security;

/// <summary>Routes of signing in and out, and of the theme: what a user decides about this session.</summary>
internal static class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", OpenAsync);
        routes.MapPost("/login", SubmitAsync);
        routes.MapPost("/logout", LeaveAsync);
        routes.MapPost("/theme", ChooseThemeAsync);
    }

    private static async Task<IResult> OpenAsync(
        [FromQuery(Name = "t")] string? token, string? returnUrl, HttpContext context, BrowserSignIn signIn)
    {
        if (signIn.IsSignedIn(context))
        {
            return Results.LocalRedirect(Local(returnUrl));
        }

        return string.IsNullOrEmpty(token) ? Form(context, returnUrl, null) : await TryAsync(token, returnUrl, context, signIn);
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, BrowserSignIn signIn, IAntiforgery antiforgery)
    {
        if (!context.Request.HasFormContentType)
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (token, returnUrl) = (form["token"].ToString().Trim(), form["returnUrl"].ToString());
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Form(context, returnUrl, "This form was out of date. Enter the token again.", StatusCodes.Status400BadRequest);
        }

        return token.Length == 0
            ? Form(context, returnUrl, "Enter the token.", StatusCodes.Status400BadRequest)
            : await TryAsync(token, returnUrl, context, signIn);
    }

    private static async Task<IResult> TryAsync(string token, string? returnUrl, HttpContext context, BrowserSignIn signIn)
    {
        var result = await signIn.SignInAsync(context, token);
        if (result.Succeeded)
        {
            // A redirect, so that the token leaves the address bar and is not in the referrer of anything.
            return Results.LocalRedirect(Local(returnUrl));
        }

        if (result.Wait is { } wait)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString();
            return Form(context, returnUrl, $"Too many wrong tokens. Try again in {seconds} s.", StatusCodes.Status429TooManyRequests);
        }

        return Form(context, returnUrl, "This is not the token of this dashboard. It changes when the AppHost starts, unless a setting gives one.",
            StatusCodes.Status401Unauthorized);
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    /// <summary>Without script; with it, the page sets the same cookie itself.</summary>
    private static async Task<IResult> ChooseThemeAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        var theme = (await context.Request.ReadFormAsync(context.RequestAborted))["theme"].ToString();
        var options = new CookieOptions { SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), IsEssential = true, Path = SubPath.Of(context) };
        if (theme is "light" or "dark")
        {
            context.Response.Cookies.Append(Viewer.ThemeCookie, theme, options);
        }
        else
        {
            context.Response.Cookies.Delete(Viewer.ThemeCookie, options);
        }

        var from = context.Request.Headers.Referer.ToString();
        return Results.LocalRedirect(Uri.TryCreate(from, UriKind.Absolute, out var page) ? Local(SubPath.Without(context, page.PathAndQuery)) : "/");
    }

    private static RazorComponentResult<LoginPage> Form(HttpContext context, string? returnUrl, string? problem, int status = StatusCodes.Status200OK) =>
        new(new { Viewer = PageEndpoints.ViewerOf(context), ReturnUrl = string.IsNullOrEmpty(returnUrl) ? null : Local(returnUrl), Problem = problem }) { StatusCode = status };

    /// <summary>A place on this dashboard; what leads elsewhere leads to the first page.</summary>
    internal static string Local(string? url) =>
        url is { Length: > 0 } && url[0] is '/' && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal)
            && !url.Any(char.IsControl)
            ? url
            : "/";
}
