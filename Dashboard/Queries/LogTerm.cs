using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A condition of the search box, asked of a log record in memory. <see cref="LogConditions"/> asks the same of a segment.</summary>
internal sealed class LogTerm(SearchTerm term)
{
    public SearchTerm Term => term;

    /// <summary>Null where the condition is not one on attributes.</summary>
    public AttributeTest? Attributes { get; } = IsOfRow(term) ? null : new AttributeTest(term, SearchFields.LogAttributes(term.Field!));

    public bool Matches(LogRow row) => IsMet(row) != term.IsNegated;

    private bool IsMet(LogRow row) => term.Field switch
    {
        null => AsciiText.Contains(row.Body, term.Value),
        SearchFields.Level => SearchFields.LevelRange(term) is var (first, last) && row.Severity >= first && row.Severity <= last,
        SearchFields.Instance => MatchesInstance(term, row.InstanceId, row.DisplayName),
        SearchFields.Service => term.MatchesText(row.Service),
        SearchFields.Scope => term.MatchesText(row.Scope),
        SearchFields.Template => row.Template is { } template && term.MatchesText(template),
        SearchFields.Trace => row.TraceId is { } trace && trace.StartsWith(term.Value, StringComparison.OrdinalIgnoreCase),
        SearchFields.Span => row.SpanId is { } span && span.Equals(term.Value, StringComparison.OrdinalIgnoreCase),
        _ => Attributes!.Matches(row.AttributesJson),
    };

    public static bool MatchesInstance(SearchTerm term, string? instanceId, string displayName) =>
        (instanceId is not null && term.MatchesText(instanceId)) || term.MatchesText(displayName);

    private static bool IsOfRow(SearchTerm term) => term.Field is null or SearchFields.Level or SearchFields.Instance or SearchFields.Service
        or SearchFields.Scope or SearchFields.Template or SearchFields.Trace or SearchFields.Span;
}

/// <summary>All conditions of a search, as such.</summary>
internal static class LogTerms
{
    public static IReadOnlyList<LogTerm> Of(SearchExpression search) => [.. search.Terms.Select(term => new LogTerm(term))];
}
