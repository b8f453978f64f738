namespace Stack.Dashboard.Queries;

/// <summary>One condition of a search.</summary>
/// <param name="Field">Null: the text itself (the body of a log record, the name of a span).</param>
/// <param name="Comparison">How the value is compared.</param>
/// <param name="Value">Without quotes.</param>
/// <param name="IsNegated">What meets the condition is not wanted.</param>
internal sealed record SearchTerm(string? Field, SearchComparison Comparison, string Value, bool IsNegated)
{
    public bool IsOrder => Comparison is not (SearchComparison.Equals or SearchComparison.Contains);

    /// <summary>The value as a number, of <c>dur</c> in milliseconds; not a number where it is a text.</summary>
    public double Number { get; init; } = double.NaN;

    /// <summary>Whether a text meets the condition, before negation; the case of A–Z does not matter.</summary>
    public bool MatchesText(string text) =>
        Comparison is SearchComparison.Contains ? AsciiText.Contains(text, Value) : AsciiText.AreEqual(text, Value);

    public bool MatchesNumber(double number) => Comparison switch
    {
        SearchComparison.Greater => number > Number,
        SearchComparison.Less => number < Number,
        SearchComparison.GreaterOrEqual => number >= Number,
        SearchComparison.LessOrEqual => number <= Number,
        _ => number == Number,
    };

    /// <summary>As it is written in the search box.</summary>
    public override string ToString()
    {
        var sign = Comparison switch
        {
            SearchComparison.Contains => Field is null ? "" : "~",
            SearchComparison.Greater => ">",
            SearchComparison.Less => "<",
            SearchComparison.GreaterOrEqual => ">=",
            SearchComparison.LessOrEqual => "<=",
            _ => "",
        };
        return $"{(IsNegated ? "-" : "")}{(Field is null ? "" : SearchParser.QuoteField(Field) + ":")}{sign}{SearchParser.QuoteValue(Value, Field is not null)}";
    }
}

/// <summary>The comparisons of the search box; with negation of the first two they are the eight of the filter editor.</summary>
internal enum SearchComparison
{
    Equals,
    Contains,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}
