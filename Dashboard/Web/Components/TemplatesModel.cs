using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>The log records grouped by template.</summary>
/// <param name="Groups">The most frequent first.</param>
/// <param name="Total">How many templates there are, shown or not.</param>
/// <param name="Instances">Who has written, in the order of the bars.</param>
/// <param name="IsPartial">Not everything was read.</param>
public sealed record TemplatesModel(IReadOnlyList<TemplateLine> Groups, int Total, IReadOnlyList<string> Instances, bool IsPartial)
{
    /// <summary>As many as a page shows.</summary>
    private const int MaxShown = 500;

    internal static TemplatesModel From(TemplateList list, LogRequest request, Viewer viewer)
    {
        var instances = list.Groups.SelectMany(group => group.Instances.Keys).Distinct().OrderBy(name => name.Length).ThenBy(name => name, StringComparer.OrdinalIgnoreCase).ToList();
        return new TemplatesModel(
            [.. list.Groups.Take(MaxShown).Select(group => TemplateLine.From(group, instances, request, viewer))], list.Total, instances, list.IsPartial);
    }
}

/// <summary>One template.</summary>
public sealed record TemplateLine
{
    /// <summary>Null for records without one.</summary>
    public string? Template { get; init; }

    public required long Count { get; init; }

    public required string First { get; init; }

    public required string Last { get; init; }

    public required string Level { get; init; }

    /// <summary>One bar for each instance: its colour, its share of the tallest (0–1), and what it stands for.</summary>
    public required IReadOnlyList<(int Hue, double Share, string Text)> Spread { get; init; }

    /// <summary>The list of its records.</summary>
    public required string Address { get; init; }

    internal static TemplateLine From(TemplateGroup group, IReadOnlyList<string> instances, LogRequest request, Viewer viewer)
    {
        var most = Math.Max(1, group.Instances.Values.DefaultIfEmpty().Max());
        var term = group.Template is null
            ? new SearchTerm(SearchFields.Template, SearchComparison.Contains, "", IsNegated: true)
            : new SearchTerm(SearchFields.Template, SearchComparison.Equals, group.Template, IsNegated: false);
        return new TemplateLine
        {
            Template = group.Template,
            Count = group.Count,
            First = viewer.Full(group.First)[..19],
            Last = viewer.Full(group.Last)[..19],
            Level = Tone.OfSeverity(group.Severity),
            Spread = [.. instances.Select(name => (Tone.Hue(name), (double)group.Instances.GetValueOrDefault(name) / most, $"{name}: {group.Instances.GetValueOrDefault(name):N0}"))],
            Address = request.With(term).Address(),
        };
    }
}
