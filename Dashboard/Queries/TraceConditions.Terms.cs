using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

internal sealed partial class TraceConditions
{
    // A gateway has no route: there the path stands for it.
    private const string Path = "ifnull(json_extract(attrs,'$.\"url.path\"'),'')";

    /// <summary>One condition of the search box, asked of the span that entered a service.</summary>
    private bool AddTerm(SearchTerm term, SegmentReader reader)
    {
        switch (term.Field)
        {
            case null:
            case SearchFields.Route:
                AddTexts(term, "name", "ifnull(route,'')", Path);
                return true;
            case SearchFields.Name:
                AddTexts(term, "name");
                return true;
            case SearchFields.Instance:
                return AddResources(reader, info => LogTerm.MatchesInstance(term, info.InstanceId, info.DisplayName) != term.IsNegated);
            case SearchFields.Service:
                return AddResources(reader, info => term.MatchesText(info.Service) != term.IsNegated);
            case SearchFields.Scope:
                return AddScopes(term, reader);
            case SearchFields.Trace:
                AddTrace(term);
                return true;
            case SearchFields.Span:
                Add(term.IsNegated ? "span<>?" : "span=?", HexId.Parse(term.Value));
                return true;
            case SearchFields.Status when double.IsFinite(term.Number):
                AddNumber("http_status", term, term.Number);
                return true;
            case SearchFields.Duration when double.IsFinite(term.Number):
                AddNumber("dur", term, term.Number * 1e6);
                return true;
            default:
                _tests.Add(new AttributeTest(term, term.Field is SearchFields.Method ? ["http.request.method", "http.method"] : SearchFields.LogAttributes(term.Field)).Matches);
                Add($"{(term.IsNegated ? "NOT " : "")}test(attrs, {_tests.Count - 1})");
                return true;
        }
    }

    private void AddTexts(SearchTerm term, params string[] columns)
    {
        // LIKE folds the case of A–Z, as the live filters do.
        var pattern = LogConditions.Pattern(term.Value);
        pattern = term.Comparison is SearchComparison.Contains ? pattern : pattern[1..^1];
        Add($"{(term.IsNegated ? "NOT " : "")}({string.Join(" OR ", columns.Select(column => $"{column} LIKE ? ESCAPE '\\'"))})", [.. columns.Select(_ => pattern)]);
    }

    private bool AddScopes(SearchTerm term, SegmentReader reader)
    {
        var wanted = reader.Scopes().Where(scope => term.MatchesText(scope.Name) != term.IsNegated).Select(scope => scope.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        Add($"scope IN ({string.Join(',', wanted)})");
        return wanted.Count > 0;
    }

    private void AddTrace(SearchTerm term)
    {
        var (first, last) = HexId.Range(term.Value.AsSpan(0, Math.Min(16, term.Value.Length)));
        var (first2, last2) = term.Value.Length > 16 ? HexId.Range(term.Value.AsSpan(16)) : (long.MinValue, long.MaxValue);
        Add($"{(term.IsNegated ? "NOT " : "")}(tr>=? AND tr<=? AND tr2>=? AND tr2<=?)", first, last, first2, last2);
    }

    private void AddNumber(string column, SearchTerm term, double value)
    {
        var sign = term.Comparison switch
        {
            SearchComparison.Greater => ">",
            SearchComparison.Less => "<",
            SearchComparison.GreaterOrEqual => ">=",
            SearchComparison.LessOrEqual => "<=",
            _ => "=",
        };
        Add(string.Create(CultureInfo.InvariantCulture, $"{(term.IsNegated ? "NOT " : "")}ifnull({column}{sign}{value:R},0)"));
    }
}
