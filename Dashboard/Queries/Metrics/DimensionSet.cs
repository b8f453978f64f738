namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Gathers the attributes of an instrument's series, up to what fits into a list to choose from.</summary>
internal sealed class DimensionSet
{
    private const int MaxKeys = 30;
    private const int MaxValues = 200;
    private readonly SortedDictionary<string, SortedSet<string>> _values = new(StringComparer.Ordinal);

    public void Add(IReadOnlyDictionary<string, string> attributes)
    {
        foreach (var (key, value) in attributes)
        {
            if (!_values.TryGetValue(key, out var values))
            {
                if (_values.Count >= MaxKeys)
                {
                    continue;
                }

                _values[key] = values = new SortedSet<string>(StringComparer.Ordinal);
            }

            if (values.Count < MaxValues)
            {
                values.Add(value);
            }
        }
    }

    public IReadOnlyList<Dimension> ToList() => [.. _values.Select(entry => new Dimension(entry.Key, [.. entry.Value]))];
}
