namespace Stack.Dashboard.Web;

/// <summary>
/// Lets the front end be a part of another site, under a path that a proxy passes on (<c>Dashboard:Frontend:PathBase</c>). Inside, all addresses are as at
/// the root of a host: the path is taken off what comes in and put before what goes out, here and nowhere else. Addresses go out as redirects and as
/// attributes of HTML (each form names its own: where one has none, Razor writes the page's, with the path); scripts take the path from their own address. A request without the path, straight to the listener, is answered without it.
/// </summary>
internal static class SubPath
{
    public static void UseSubPath(this WebApplication app, string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        app.UsePathBase(path);
        app.Use((HttpContext context, RequestDelegate next) => context.Request.PathBase.HasValue ? AnswerAsync(context, next, path) : next(context));
    }

    /// <summary>Where cookies of this request belong.</summary>
    public static string Of(HttpContext context) => context.Request.PathBase.HasValue ? context.Request.PathBase.Value! : "/";

    /// <summary>An address that a browser named, as it is inside.</summary>
    public static string Without(HttpContext context, string address) =>
        context.Request.PathBase.Value is { Length: > 0 } path && address.StartsWith(path + "/", StringComparison.OrdinalIgnoreCase) ? address[path.Length..] : address;

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, string path)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.Headers.Location.ToString() is ['/', ..] address)
            {
                context.Response.Headers.Location = path + address;
            }

            return Task.CompletedTask;
        });
        var body = context.Response.Body;
        await using var prefixed = new SubPathStream(body, context.Response, path);
        context.Response.Body = prefixed;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
    }
}
