namespace Stack.Hosting.Nginx.Model;

/// <summary>The pages for errors of Nginx's own making. What a replica answers passes unchanged.</summary>
internal static class ErrorPages
{
    private const string NoAnswer = "502.html";
    private const string TooMany = "429.html";

    public static IEnumerable<Directive> Server(GatewayOptions options)
    {
        yield return new("recursive_error_pages", "on") { Comment = "The pages for errors work in the locations that others lead to, too." };
        yield return new("error_page", 502, 504, Url(NoAnswer)) { Comment = "For errors of Nginx's own making only: what a replica answers passes unchanged." };
        if (options.Limits?.PerClientRate is not null)
        {
            yield return new("error_page", 429, Url(TooMany));
        }

        yield return new("include", NginxNames.ErrorsFile);
    }

    /// <param name="options">The gateway's.</param>
    /// <param name="folder">Absolute path of the folder that holds the folder of the pages.</param>
    public static IReadOnlyList<Directive> Include(GatewayOptions options, string folder) =>
    [
        Location(folder, NoAnswer),
        .. options.Limits?.PerClientRate is null ? [] : new[] { Location(folder, TooMany, new Directive("add_header", "Retry-After", 1, "always")) },
    ];

    private static Directive Location(string folder, string page, params IEnumerable<Directive> more) => new("location", "=", Url(page))
    {
        Children =
        [
            new("internal"),
            new("alias", $"{folder}/{NginxNames.ErrorPages}/{page}"),
            new("charset", "utf-8"),
            new("ssi", "on") { Comment = "Puts the request id into the page." },
            ServerBlock.AddHeader("X-Request-ID", HttpMaps.RequestId),
            ServerBlock.AddHeader("X-Content-Type-Options", "nosniff"),
            ServerBlock.AddHeader("Cache-Control", "no-store"),
            .. more,
        ],
    };

    private static string Url(string page) => $"/stack-errors/{page}";
}
