using System.Globalization;

namespace Stack.Dashboard.Queries;

/// <summary>The fields that have a meaning of their own; every other name is the key of an attribute.</summary>
internal static class SearchFields
{
    public const string Level = "level";
    public const string Instance = "instance";
    public const string Service = "service";
    public const string Template = "template";
    public const string Trace = "trace";
    public const string Span = "span";
    public const string Scope = "scope";
    public const string Name = "name";
    public const string Route = "route";
    public const string Status = "status";
    public const string Duration = "dur";
    public const string Method = "method";

    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<string> All = [Level, Instance, Service, Template, Scope, Trace, Span, Name, Route, Status, Duration, Method];

    public static bool IsKnown(string field) => All.Contains(field);

    /// <summary>The attributes of a log record that a field stands for: those of the request summary, then OpenTelemetry's.</summary>
    public static IReadOnlyList<string> LogAttributes(string field) => field switch
    {
        Name => ["event.name", "name"],
        Route => ["Route", "http.route", "route"],
        Status => ["StatusCode", "http.response.status_code", "status"],
        Duration => ["Milliseconds", "dur"],
        Method => ["Method", "http.request.method", "method"],
        _ => [field],
    };

    /// <summary>The term with its number read, and what is wrong with it.</summary>
    public static (SearchTerm Term, string? Problem) Check(SearchTerm term) => term.Field switch
    {
        Level => (term, LevelProblem(term)),
        Trace => (term, term.Comparison is SearchComparison.Equals && IsHex(term.Value, 7, 32) ? null : $"'{term}' must be 7 to 32 hexadecimal digits: trace:4bf92f3577b34da6."),
        Span => (term, term.Comparison is SearchComparison.Equals && IsHex(term.Value, 16, 16) ? null : $"'{term}' must be 16 hexadecimal digits: span:00f067aa0ba902b7."),
        Instance or Service or Template or Scope or Name or Route or Method =>
            (term, term.IsOrder ? $"'{term.Field}' is a text, which is not less or greater: write {term.Field}:value, or {term.Field}:~part." : null),
        _ => Numeric(term),
    };

    /// <summary>The severities that a level has.</summary>
    public static (int First, int Last) LevelRange(SearchTerm term)
    {
        var first = LogLevels.TryParse(term.Value, out var level) ? level : 0;
        return term.Comparison switch
        {
            SearchComparison.Greater => (first + 4, 24),
            SearchComparison.GreaterOrEqual => (first, 24),
            SearchComparison.Less => (0, first - 1),
            SearchComparison.LessOrEqual => (0, first + 3),
            _ => (first, first + 3),
        };
    }

    private static string? LevelProblem(SearchTerm term)
    {
        if (term.Comparison is SearchComparison.Contains)
        {
            return "A level is compared as a whole: write level:Error, or level:>=Warning.";
        }

        return LogLevels.TryParse(term.Value, out _) ? null : $"'{term.Value}' is not a level. Levels: {string.Join(", ", LogLevels.Names)}.";
    }

    private static (SearchTerm, string?) Numeric(SearchTerm term)
    {
        var isNumber = TryNumber(term.Value, term.Field == Duration, out var number);
        var isNeeded = term.IsOrder || (term.Field == Duration && term.Comparison is SearchComparison.Equals);
        return (term with { Number = isNumber ? number : double.NaN }, isNumber || !isNeeded
            ? null
            : $"'{term.Value}' is not a number, so that '{term.Field}' cannot be compared with it: write {term.Field}:>=500{(term.Field == Duration ? ", 1.5s or 2m" : "")}.");
    }

    private static bool TryNumber(string text, bool isDuration, out double number)
    {
        var factor = 1.0;
        if (isDuration)
        {
            foreach (var (unit, milliseconds) in (ReadOnlySpan<(string, double)>)[("ms", 1), ("us", 0.001), ("s", 1000), ("m", 60_000)])
            {
                if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                {
                    (text, factor) = (text[..^unit.Length], milliseconds);
                    break;
                }
            }
        }

        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        number *= factor;
        return isNumber;
    }

    private static bool IsHex(string text, int least, int most) => text.Length >= least && text.Length <= most && text.All(char.IsAsciiHexDigit);
}
