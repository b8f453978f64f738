using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Something that is counted of log rows: from the counts in meta.db, from the rows of a segment, and from rows in memory.</summary>
internal abstract class LogCounts(LogFilter filter)
{
    protected LogFilter Filter => filter;

    /// <summary>Whether the filter asks only for what the counts know.</summary>
    public bool CanUseRollups => string.IsNullOrEmpty(filter.TraceId) && filter.Terms.All(term => term.Term.Field is SearchFields.Level or SearchFields.Instance or SearchFields.Service || IsCounted(term.Term));

    protected virtual bool IsCounted(SearchTerm term) => false;

    public abstract void ReadRollups(SegmentReader meta);

    public abstract void ReadRows(SegmentReader reader, LogConditions conditions);

    protected abstract void Add(LogRow row);

    public void AddLive(IReadOnlyList<LogRow> rows)
    {
        foreach (var row in rows)
        {
            if (filter.Matches(row))
            {
                Add(row);
            }
        }
    }

    /// <summary>The condition on resource and level; null when nobody is meant.</summary>
    protected string? RollupCondition(SegmentReader meta)
    {
        var all = meta.Resources();
        var wanted = all.Where(r => IsWanted(r.Info)).Select(r => r.Id).ToList();
        if (wanted.Count == 0)
        {
            return null;
        }

        var levels = Enumerable.Range(0, 25).Where(IsWanted).ToList();
        return $"{(wanted.Count == all.Count ? "1" : $"res IN ({string.Join(',', wanted)})")}{(levels.Count == 25 ? "" : $" AND sev IN ({string.Join(',', levels)})")}";
    }

    private bool IsWanted(ResourceInfo info) =>
        (filter.Resources.Count == 0 || filter.Resources.Any(name => TelemetryResource.Matches(name, info.Service, info.InstanceId, info.DisplayName)))
        && filter.Search.Terms.All(term => term.Field switch
        {
            SearchFields.Instance => LogTerm.MatchesInstance(term, info.InstanceId, info.DisplayName) != term.IsNegated,
            SearchFields.Service => term.MatchesText(info.Service) != term.IsNegated,
            _ => true,
        });

    private bool IsWanted(int severity) =>
        severity >= filter.MinSeverity
        && filter.Search.Terms.All(term => term.Field is not SearchFields.Level
            || (SearchFields.LevelRange(term) is var (first, last) && (severity >= first && severity <= last) != term.IsNegated));
}
