using Stack.Dashboard.Settings;

namespace Stack.Dashboard.Ingest;

/// <summary>Lets the pages of named origins send telemetry from a browser. Off unless the settings name one.</summary>
internal sealed class OtlpCors(OtlpOptions options)
{
    private const string OwnHeaders = "content-type, content-encoding, " + OtlpRoutes.ApiKeyHeader;
    private static readonly string OneDay = ((int)TimeSpan.FromDays(1).TotalSeconds).ToString();

    /// <summary>True when the request was the question before the real one, and is answered.</summary>
    public bool Answers(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (options.AllowedOrigins.Count == 0 || request.Headers.Origin is not [{ Length: > 0 } origin])
        {
            return false;
        }

        response.Headers.Vary = "Origin";
        var isAllowed = options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) || options.AllowedOrigins.Contains("*");
        if (isAllowed)
        {
            response.Headers.AccessControlAllowOrigin = origin;
            response.Headers.AccessControlExposeHeaders = "Retry-After";
        }

        if (!HttpMethods.IsOptions(request.Method))
        {
            return false;
        }

        // Without leave the browser does not send the real request; a key is asked for only then.
        response.StatusCode = StatusCodes.Status204NoContent;
        if (isAllowed)
        {
            response.Headers.AccessControlAllowMethods = HttpMethods.Post;
            response.Headers.AccessControlAllowHeaders = options.AllowedHeaders.Contains("*")
                ? request.Headers.AccessControlRequestHeaders
                : string.Join(", ", [OwnHeaders, .. options.AllowedHeaders]);
            response.Headers.AccessControlMaxAge = OneDay;
        }

        return true;
    }
}
