using System.Globalization;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>The query of <c>GET /api/telemetry/logs</c>, checked.</summary>
internal sealed record LogsRequest(LogFilter Filter, bool Follow)
{
    public const int MaxLimit = 10_000;
    private const int MaxTextLength = 2000;

    /// <exception cref="BadQueryException">A parameter makes no sense.</exception>
    public static LogsRequest Read(IQueryCollection query)
    {
        var traceId = Last(query, "traceId");
        if (traceId is not null && (traceId.Length is < 7 or > 32 || !traceId.All(char.IsAsciiHexDigit)))
        {
            throw new BadQueryException($"Parameter 'traceId' is '{traceId}', which is not 7 to 32 hexadecimal digits.");
        }

        var text = Last(query, "q");
        if (text?.Length > MaxTextLength)
        {
            throw new BadQueryException($"Parameter 'q' is longer than {MaxTextLength} characters.");
        }

        if (SearchExpression.Parse(text).Problem is { } problem)
        {
            throw new BadQueryException($"Parameter 'q' is not understood. {problem}");
        }

        return new LogsRequest(
            new LogFilter
            {
                Resources = [.. query["resource"].OfType<string>().Where(name => name.Length > 0)],
                MinSeverity = Severity(query),
                TraceId = traceId,
                Text = text,
                AfterId = Last(query, "after") is null ? null : Number(query, "after", 0, 0, long.MaxValue),
                Limit = (int)Number(query, "limit", 200, 1, MaxLimit),
            },
            Follow: Flag(query, "follow"));
    }

    private static int Severity(IQueryCollection query)
    {
        var level = Last(query, "severity");
        var severity = 0;
        return level is null || LogLevels.TryParse(level, out severity)
            ? severity
            : throw new BadQueryException($"Parameter 'severity' is '{level}', which is not a level. Levels: {string.Join(", ", LogLevels.Names)}.");
    }

    private static bool Flag(IQueryCollection query, string name)
    {
        var text = Last(query, name);
        var value = false;
        return text is null || bool.TryParse(text, out value)
            ? value
            : throw new BadQueryException($"Parameter '{name}' is '{text}', which is neither true nor false.");
    }

    private static long Number(IQueryCollection query, string name, long fallback, long min, long max)
    {
        if (Last(query, name) is not { } text)
        {
            return fallback;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new BadQueryException(string.Create(CultureInfo.InvariantCulture, $"Parameter '{name}' is '{text}', which is not a whole number from {min} to {max}."));
    }

    private static string? Last(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values is [.., { Length: > 0 } last] ? last : null;
}

/// <summary>A parameter makes no sense; the message says which and why.</summary>
internal sealed class BadQueryException(string message) : Exception(message);
