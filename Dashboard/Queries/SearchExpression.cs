namespace Stack.Dashboard.Queries;

/// <summary>
/// The text of a search box: words and "phrases", <c>field:value</c>, <c>field:~part</c>, <c>field:&gt;=500</c>, <c>-</c> before one that must not be.
/// All of them must be met. The same text stands in URLs, filters live rows and becomes SQL.
/// </summary>
internal sealed class SearchExpression
{
    public static readonly SearchExpression Empty = new([], null);

    internal SearchExpression(IReadOnlyList<SearchTerm> terms, string? problem)
    {
        Terms = terms;
        Problem = problem;
    }

    public IReadOnlyList<SearchTerm> Terms { get; }

    /// <summary>What is wrong with the text, as a sentence for its writer; nothing matches then.</summary>
    public string? Problem { get; }

    public static SearchExpression Parse(string? text) => string.IsNullOrWhiteSpace(text) ? Empty : new SearchParser(text).Parse();

    /// <summary>The same search with one more condition.</summary>
    public static string With(string? text, SearchTerm term) => string.IsNullOrWhiteSpace(text) ? term.ToString() : $"{text.Trim()} {term}";
}
