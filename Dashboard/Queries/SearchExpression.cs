namespace Stack.Dashboard.Queries;

/// <summary>The text of a search box: words and "phrases" that must all be in the body, <c>-</c> before one that must not be.</summary>
internal sealed class SearchExpression
{
    public static readonly SearchExpression Empty = new([]);

    private SearchExpression(IReadOnlyList<SearchTerm> terms) => Terms = terms;

    public IReadOnlyList<SearchTerm> Terms { get; }

    public static SearchExpression Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return Empty;
        }

        var terms = new List<SearchTerm>();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var negated = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
            at += negated ? 1 : 0;
            var term = text[at] == '"' ? ReadPhrase(text, ref at) : ReadWord(text, ref at);
            if (term.Length > 0)
            {
                terms.Add(new SearchTerm(term, negated));
            }
        }

        return new SearchExpression(terms);
    }

    public bool Matches(string body)
    {
        foreach (var term in Terms)
        {
            if (AsciiText.Contains(body, term.Text) == term.Negated)
            {
                return false;
            }
        }

        return true;
    }

    // A phrase that is not closed reaches to the end: what someone is still typing already works.
    private static string ReadPhrase(string text, ref int at)
    {
        var end = text.IndexOf('"', at + 1);
        var phrase = end < 0 ? text[(at + 1)..] : text[(at + 1)..end];
        at = end < 0 ? text.Length : end + 1;
        return phrase;
    }

    private static string ReadWord(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return text[start..at];
    }
}

/// <summary>One word or phrase of a search.</summary>
internal readonly record struct SearchTerm(string Text, bool Negated);
