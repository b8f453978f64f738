using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stack.Hosting.Control;

/// <summary>Reads names and settings from a request's target.</summary>
internal static class RequestTarget
{
    /// <summary>
    /// A segment of the path, percent-decoded exactly once. Taken from the raw target: in the path that Kestrel hands out everything but <c>%2F</c> is decoded, so a name with <c>/</c> or <c>%</c> in it
    /// could not be told from its encoded form.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="index">0 is <c>v1</c>.</param>
    public static string Segment(HttpContext context, int index)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && raw[0] != '/')
        {
            var path = raw.IndexOf('/', scheme + 3);
            raw = path < 0 ? "/" : raw[path..];
        }

        var query = raw.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? raw : raw[..query]).TrimStart('/').Split('/');
        return index < segments.Length ? Uri.UnescapeDataString(segments[index]) : "";
    }

    /// <exception cref="BadHttpRequestException">It is there, but no number of 0 or more.</exception>
    public static long? Number(HttpContext context, string name)
    {
        var text = context.Request.Query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(text, System.Globalization.NumberStyles.None, null, out var value)
            ? value
            : throw new BadHttpRequestException($"The setting '{name}' is '{text}'; it takes a number of 0 or more.");
    }

    /// <exception cref="BadHttpRequestException">It is there, but neither true nor false.</exception>
    public static bool Flag(HttpContext context, string name)
    {
        if (!context.Request.Query.TryGetValue(name, out var values))
        {
            return false;
        }

        return values.ToString() switch
        {
            "" or "1" or "true" => true,
            "0" or "false" => false,
            var text => throw new BadHttpRequestException($"The setting '{name}' is '{text}'; it takes true or false."),
        };
    }
}
