namespace Stack.Dashboard.Web.Components;

/// <summary>The resources table: its lines in groups, filtered and sorted as the address says.</summary>
public sealed record ResourceTableModel
{
    /// <summary>One group for each resource; one for all when it is sorted by a column.</summary>
    public required IReadOnlyList<IReadOnlyList<ResourceRow>> Groups { get; init; }

    /// <summary>Replicas and resources of one process that are shown, and that there are.</summary>
    public required int Shown { get; init; }

    public required int Total { get; init; }

    private static readonly Dictionary<string, Comparison<ResourceRow>> Columns = new(StringComparer.Ordinal)
    {
        ["name"] = (a, b) => NaturalOrder.Instance.Compare(a.Name, b.Name),
        ["state"] = (a, b) => string.CompareOrdinal(a.State, b.State),
        ["health"] = (a, b) => string.CompareOrdinal(a.Health, b.Health),
        ["traffic"] = (a, b) => string.CompareOrdinal(a.Traffic, b.Traffic),
        ["source"] = (a, b) => string.CompareOrdinal(a.Source, b.Source),
        ["uptime"] = (a, b) => Nullable.Compare(b.StartedAt, a.StartedAt),
        ["restarts"] = (a, b) => a.Restarts.CompareTo(b.Restarts),
        ["cpu"] = (a, b) => Nullable.Compare(a.Cpu, b.Cpu),
        ["memory"] = (a, b) => Nullable.Compare(a.Memory, b.Memory),
    };

    /// <param name="resources">The lines of each resource.</param>
    /// <param name="query">What to show of them.</param>
    internal static ResourceTableModel From(IReadOnlyList<IReadOnlyList<ResourceRow>> resources, ResourcesQuery query)
    {
        List<IReadOnlyList<ResourceRow>> groups = [.. resources.Select(rows => Filtered(rows, query)).Where(rows => rows.Count > 0)];
        if (query.Sort?.TrimStart('-') is { } column && Columns.TryGetValue(column, out var compare))
        {
            var rows = groups.SelectMany(g => g).Where(r => !r.IsSum).Select(r => r with { IsNested = false }).ToList();
            var direction = query.Sort[0] == '-' ? -1 : 1;
            rows.Sort((a, b) => direction * compare(a, b) is var order and not 0 ? order : NaturalOrder.Instance.Compare(a.Name, b.Name));
            groups = rows.Count > 0 ? [rows] : [];
        }

        return new ResourceTableModel
        {
            Groups = groups,
            Shown = groups.Sum(g => g.Count(r => !r.IsSum)),
            Total = resources.Sum(g => g.Count(r => !r.IsSum)),
        };
    }

    // The sum stays above what is left of its replicas, and alone where it is what was looked for.
    private static IReadOnlyList<ResourceRow> Filtered(IReadOnlyList<ResourceRow> rows, ResourcesQuery query)
    {
        var left = rows.Where(r => !r.IsSum && Matches(r, query)).ToList();
        return left.Count > 0 || (!query.IsFiltered && rows.Count > 0) ? [.. rows.Where(r => r.IsSum), .. left] : [.. rows.Where(r => r.IsSum && Matches(r, query))];
    }

    private static bool Matches(ResourceRow row, ResourcesQuery query)
    {
        var words = (query.Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (string.IsNullOrWhiteSpace(query.Type) || row.Type.Equals(query.Type, StringComparison.OrdinalIgnoreCase))
            && (string.IsNullOrWhiteSpace(query.State) || HasState(row, query.State))
            && words.All(word => new[] { row.Name, row.Resource, row.Type, row.Source, row.Release, row.Url, row.Reason, row.HealthReason, row.LastExit }
                .Any(text => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true));
    }

    private static bool HasState(ResourceRow row, string state) =>
        row.State.Equals(state, StringComparison.OrdinalIgnoreCase)
        || (state.Equals(ResourcesModel.NotReady, StringComparison.OrdinalIgnoreCase) && !row.IsSum && row.State == "Running" && row.HealthTone != Tone.Good);
}
