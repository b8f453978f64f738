using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Log rows by their template.</summary>
internal sealed class TemplateCounts(LogFilter filter) : LogCounts(filter)
{
    private readonly Dictionary<(string? Template, string Instance, int Severity), TemplateCount> _counts = [];

    public override void ReadRollups(SegmentReader meta)
    {
        if (RollupCondition(meta) is { } condition)
        {
            Read(meta, $"SELECT template, res, sev, sum(n), min(first), max(last) FROM template_roll WHERE {condition} GROUP BY 1, 2, 3", null);
        }
    }

    public override void ReadRows(SegmentReader reader, LogConditions conditions) => Read(
        reader, $"SELECT coalesce(template, 0), res, sev, count(*), min(ts), max(ts) FROM {conditions.From} WHERE {conditions.Where} GROUP BY 1, 2, 3", conditions);

    public TemplateList ToList(bool isPartial)
    {
        var groups = _counts.GroupBy(entry => entry.Key.Template).Select(group => new TemplateGroup(
            group.Key,
            group.Sum(entry => entry.Value.Count),
            UnixTicks.ToTime(group.Min(entry => entry.Value.First)),
            UnixTicks.ToTime(group.Max(entry => entry.Value.Last)),
            group.Max(entry => entry.Key.Severity),
            group.GroupBy(entry => entry.Key.Instance).ToDictionary(one => one.Key, one => one.Sum(entry => entry.Value.Count)))).ToList();
        return new TemplateList(
            [.. groups.OrderByDescending(group => group.Count).ThenBy(group => group.Template, StringComparer.Ordinal).Take(LogFigures.MaxTemplates)],
            groups.Count, isPartial);
    }

    protected override bool IsCounted(SearchTerm term) => term.Field is SearchFields.Template;

    protected override void Add(LogRow row)
    {
        var ticks = UnixTicks.Of(row.Time);
        Add(row.Template, row.DisplayName, row.Severity, new TemplateCount(1, ticks, ticks));
    }

    private void Read(SegmentReader reader, string sql, LogConditions? conditions)
    {
        using var rows = reader.Prepare(sql);
        conditions?.BindTo(rows);
        while (rows.Step())
        {
            var number = rows.Number(0);
            var template = number == 0 ? null : reader.Template(number);
            if (conditions is not null || IsWanted(template))
            {
                Add(template, reader.Resource(rows.Number(1)).DisplayName, (int)rows.Number(2), new TemplateCount(rows.Number(3), rows.Number(4), rows.Number(5)));
            }
        }
    }

    private bool IsWanted(string? template) => Filter.Search.Terms.All(term => term.Field is not SearchFields.Template
        || (template is not null && term.MatchesText(template)) != term.IsNegated);

    private void Add(string? template, string instance, int severity, TemplateCount count) =>
        _counts[(template, instance, severity)] = _counts.TryGetValue((template, instance, severity), out var known) ? known.Plus(count) : count;
}

/// <summary>The answer, the most frequent first.</summary>
/// <param name="Groups">At most <see cref="LogFigures.MaxTemplates"/>.</param>
/// <param name="Total">How many templates there are.</param>
/// <param name="IsPartial">Not everything was read.</param>
internal sealed record TemplateList(IReadOnlyList<TemplateGroup> Groups, int Total, bool IsPartial);

/// <summary>What one template said.</summary>
/// <param name="Template">Null for records that have none.</param>
/// <param name="Count">How often.</param>
/// <param name="First">By the sender's clock.</param>
/// <param name="Last">By the sender's clock.</param>
/// <param name="Severity">The highest.</param>
/// <param name="Instances">How often by display name.</param>
internal sealed record TemplateGroup(string? Template, long Count, DateTimeOffset First, DateTimeOffset Last, int Severity, IReadOnlyDictionary<string, long> Instances);
