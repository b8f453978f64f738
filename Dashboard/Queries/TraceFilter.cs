using System.Globalization;

namespace Stack.Dashboard.Queries;

/// <summary>Which traces are wanted: those with a span that entered a service and meets all of this.</summary>
internal sealed record TraceFilter
{
    /// <summary>Service, instance id or display name of a sender that was entered; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Only traces with an error, or only those without; null = all.</summary>
    public bool? HasError { get; init; }

    /// <summary>Only what began at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only what began before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The route, or the name of the span, exactly.</summary>
    public string? Route { get; init; }

    /// <summary>First and last status of the answer.</summary>
    public (int First, int Last)? Status { get; init; }

    public TimeSpan? MinDuration { get; init; }

    public TimeSpan? MaxDuration { get; init; }

    /// <summary>The search box: words in name, route or path, and <c>field:value</c>.</summary>
    public string? Text
    {
        get;
        init
        {
            field = value;
            Search = SearchExpression.Parse(value);
        }
    }

    public SearchExpression Search { get; private init; } = SearchExpression.Empty;

    /// <summary>Longest first instead of newest first.</summary>
    public bool ByDuration { get; init; }

    /// <summary>Where the page before this one ended.</summary>
    public TraceCursor? Before { get; init; }

    /// <summary>Only what arrived after this, oldest first.</summary>
    public long? AfterId { get; init; }

    public int Limit { get; init; } = 50;

    /// <summary>All of each trace, not only what a line of a list says.</summary>
    public bool Whole { get; init; }
}

/// <summary>Where a page of traces ended. What arrived after <paramref name="AsOf"/> is left out of the next pages, so that they stand still.</summary>
/// <param name="AsOf">The newest row when the first page was read.</param>
/// <param name="Id">The row of the last trace.</param>
/// <param name="Nanoseconds">How long it took; only where the order is by duration.</param>
internal readonly record struct TraceCursor(long AsOf, long Id, long? Nanoseconds)
{
    public static TraceCursor? Parse(string? text)
    {
        if (text?.Split('.') is not [_, _, ..] parts || parts.Length > 3)
        {
            return null;
        }

        var numbers = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return new TraceCursor(numbers[0], numbers[1], numbers.Length > 2 ? numbers[2] : null);
    }

    public override string ToString() => Nanoseconds is { } duration
        ? string.Create(CultureInfo.InvariantCulture, $"{AsOf}.{Id}.{duration}")
        : string.Create(CultureInfo.InvariantCulture, $"{AsOf}.{Id}");
}
