using System.Globalization;

namespace Stack.Dashboard.Queries;

/// <summary>A condition of the search box, asked of a span.</summary>
internal sealed class SpanTerm(SearchTerm term)
{
    private readonly AttributeTest _attributes = new(term, term.Field is SearchFields.Method ? ["http.request.method", "method"] : [term.Field ?? ""]);

    public bool Matches(StoredSpan span) => IsMet(span) != term.IsNegated;

    private bool IsMet(StoredSpan span) => term.Field switch
    {
        null => AsciiText.Contains(span.Row.Name, term.Value) || AsciiText.Contains(span.Row.Route ?? "", term.Value),
        SearchFields.Name => term.MatchesText(span.Row.Name),
        SearchFields.Route => span.Row.Route is { } route && term.MatchesText(route),
        SearchFields.Status => span.Row.HttpStatus is { } status && MatchesStatus(status),
        SearchFields.Duration => term.MatchesNumber(span.Row.DurationNanoseconds / 1e6),
        SearchFields.Instance => LogTerm.MatchesInstance(term, span.Resource.InstanceId, span.Resource.DisplayName),
        SearchFields.Service => term.MatchesText(span.Resource.Service),
        SearchFields.Scope => term.MatchesText(span.Scope),
        SearchFields.Trace => span.Row.TraceId.StartsWith(term.Value, StringComparison.OrdinalIgnoreCase),
        SearchFields.Span => span.Row.SpanId.Equals(term.Value, StringComparison.OrdinalIgnoreCase),
        _ => _attributes.Matches(span.Row.AttributesJson),
    };

    private bool MatchesStatus(int status) => double.IsFinite(term.Number)
        ? term.MatchesNumber(status)
        : term.MatchesText(status.ToString(CultureInfo.InvariantCulture));
}
