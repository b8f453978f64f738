namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Keeps the exemplars of a chart: in each part the largest few, since slow requests are what is looked for.</summary>
internal sealed class ExemplarSet(TimeAxis axis)
{
    private const int PerPart = 2;
    private readonly Dictionary<int, List<Exemplar>> _parts = [];

    public void Add(IEnumerable<Exemplar> exemplars)
    {
        foreach (var exemplar in exemplars)
        {
            var part = axis.PartOf(exemplar.Time);
            if (part < 0 || part >= axis.Parts)
            {
                continue;
            }

            if (!_parts.TryGetValue(part, out var kept))
            {
                _parts[part] = kept = [];
            }

            if (!kept.Any(other => other.TraceId == exemplar.TraceId))
            {
                kept.Add(exemplar);
                kept.Sort((a, b) => b.Value.CompareTo(a.Value));
                kept.RemoveRange(Math.Min(PerPart, kept.Count), Math.Max(0, kept.Count - PerPart));
            }
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Exemplar> ToList() => [.. _parts.Values.SelectMany(kept => kept).OrderBy(exemplar => exemplar.Time)];
}
