using System.Globalization;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Api;

/// <summary>The parameters of a call of the telemetry API, each checked. Of one that is given twice the last counts, but for <c>resource</c>.</summary>
internal sealed class ApiQuery(IQueryCollection query)
{
    public const int MaxLimit = 10_000;
    private const int MaxTextLength = 2000;
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<string> Resources => [.. query["resource"].OfType<string>().Where(name => name.Length > 0)];

    public string? TraceId
    {
        get
        {
            var id = Text("traceId");
            return id is null || (id.Length is >= 7 and <= 32 && id.All(char.IsAsciiHexDigit))
                ? id
                : throw new BadQueryException($"Parameter 'traceId' is '{id}', which is not 7 to 32 hexadecimal digits.");
        }
    }

    /// <summary>The text of the search box.</summary>
    public string? Search
    {
        get
        {
            var text = Text("q");
            if (text?.Length > MaxTextLength)
            {
                throw new BadQueryException($"Parameter 'q' is longer than {MaxTextLength} characters.");
            }

            return SearchExpression.Parse(text).Problem is { } problem
                ? throw new BadQueryException($"Parameter 'q' is not understood. {problem}")
                : text;
        }
    }

    public int Severity
    {
        get
        {
            var level = Text("severity");
            var severity = 0;
            return level is null || LogLevels.TryParse(level, out severity)
                ? severity
                : throw new BadQueryException($"Parameter 'severity' is '{level}', which is not a level. Levels: {string.Join(", ", LogLevels.Names)}.");
        }
    }

    /// <summary>The cursor of an earlier answer.</summary>
    public long? After => Text("after") is null ? null : Number("after", 0, 0, long.MaxValue);

    public int Limit(int fallback, int max = MaxLimit) => (int)Number("limit", fallback, 1, max);

    /// <summary>How far <c>totalCount</c> is counted: to the end when that is asked for, and not at all.</summary>
    public long CountUpTo => Flag("count") switch { true => long.MaxValue, false => 0, null => LogFilter.Many };

    public bool? Flag(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        return bool.TryParse(text, out var value) ? value : throw new BadQueryException($"Parameter '{name}' is '{text}', which is neither true nor false.");
    }

    /// <summary>ISO 8601, UTC when it names no offset, or milliseconds since 1970.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < Latest.ToUnixTimeMilliseconds())
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time < Latest
            ? time
            : throw new BadQueryException($"Parameter '{name}' is '{text}', which is neither a time such as 2026-11-28T15:00:00Z nor milliseconds since 1970.");
    }

    /// <summary>Null when it is missing or empty.</summary>
    public string? Text(string name) => query.TryGetValue(name, out var values) && values is [.., { Length: > 0 } last] ? last : null;

    private long Number(string name, long fallback, long min, long max)
    {
        if (Text(name) is not { } text)
        {
            return fallback;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new BadQueryException(string.Create(CultureInfo.InvariantCulture, $"Parameter '{name}' is '{text}', which is not a whole number from {min} to {max}."));
    }
}

/// <summary>A parameter makes no sense; the message says which and why.</summary>
internal sealed class BadQueryException(string message) : Exception(message);
