using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Components;

/// <summary>The eight conditions of the filter editor, and what each becomes in the search box.</summary>
internal static class LogCondition
{
    private static readonly (string Key, string Text, SearchComparison Comparison, bool IsNegated)[] All =
    [
        ("eq", "equals", SearchComparison.Equals, false),
        ("contains", "contains", SearchComparison.Contains, false),
        ("neq", "does not equal", SearchComparison.Equals, true),
        ("ncontains", "does not contain", SearchComparison.Contains, true),
        ("gt", ">", SearchComparison.Greater, false),
        ("lt", "<", SearchComparison.Less, false),
        ("gte", ">=", SearchComparison.GreaterOrEqual, false),
        ("lte", "<=", SearchComparison.LessOrEqual, false),
    ];

    public static IEnumerable<(string Key, string Text)> Offered => All.Select(one => (one.Key, one.Text));

    /// <summary>Null when there is nothing to add.</summary>
    public static SearchTerm? Read(string? field, string? operation, string? value)
    {
        if (string.IsNullOrWhiteSpace(field) || string.IsNullOrEmpty(value))
        {
            return null;
        }

        var chosen = All.FirstOrDefault(one => one.Key == operation, All[0]);
        return new SearchTerm(field.Trim(), chosen.Comparison, value, chosen.IsNegated);
    }
}
