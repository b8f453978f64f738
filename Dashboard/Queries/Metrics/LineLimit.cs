namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Keeps the lines that matter most and puts the rest of them together.</summary>
internal static class LineLimit
{
    public static IReadOnlyList<MetricLine> Apply(Dictionary<LineKey, LineFigures> lines, int max, bool isFlow, TimeAxis axis)
    {
        var replicas = Largest(lines, key => key.Replica, max, isFlow);
        var values = Largest(lines, key => key.Value, max, isFlow);
        var kept = new Dictionary<LineKey, LineFigures>();
        foreach (var (key, figures) in lines)
        {
            var shown = new LineKey(Shown(key.Replica, replicas), Shown(key.Value, values));
            if (!kept.TryGetValue(shown, out var together))
            {
                kept[shown] = together = new LineFigures(axis);
            }

            together.Add(figures);
        }

        return [.. kept.Select(line => new MetricLine(line.Key, line.Value))];
    }

    private static string? Shown(string? name, HashSet<string> kept) => name is null || kept.Contains(name) ? name : LineKey.Rest;

    private static HashSet<string> Largest(Dictionary<LineKey, LineFigures> lines, Func<LineKey, string?> name, int max, bool isFlow) =>
    [
        .. lines.Where(line => name(line.Key) is not null)
            .GroupBy(line => name(line.Key)!)
            .OrderByDescending(group => group.Sum(line => line.Value.Weight(isFlow)))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(max)
            .Select(group => group.Key),
    ];
}
