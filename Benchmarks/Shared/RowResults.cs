namespace Benchmarks;

/// <summary>One line of the table.</summary>
/// <param name="Text">What is measured.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Target">What the first column is meant to reach; null: nothing is said.</param>
internal sealed record Row(string Text, string Unit, double? Target = null)
{
    /// <summary>True where more is better.</summary>
    public bool Upwards { get; init; }

    /// <summary>False where a ratio says nothing: counts that are meant to be zero.</summary>
    public bool HasRatio { get; init; } = true;

    public bool IsMet(double value) => Target is not { } target || (Upwards ? value >= target : value <= target);
}

/// <summary>A line with every value, by peer.</summary>
internal sealed record RowValues(Row Row, Dictionary<string, List<double>> Values);

/// <summary>All that was measured, by row and peer.</summary>
internal sealed class RowResults
{
    private readonly HashSet<(Row Row, string Peer)> _earlier = [];
    private readonly Dictionary<(Row Row, string Peer), List<double>> _values = [];
    private readonly List<string> _failures = [];

    /// <summary>Begins with what an earlier run measured; what is measured again takes its place.</summary>
    public RowResults(IEnumerable<RowValues> earlier)
    {
        foreach (var (row, values) in earlier)
        {
            Rows.Add(row);
            foreach (var (peer, all) in values)
            {
                _values[(row, peer)] = all;
                _earlier.Add((row, peer));
            }
        }
    }

    /// <summary>In the order in which they were first measured.</summary>
    public List<Row> Rows { get; } = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Add(Row row, string peer, double value)
    {
        if (!Rows.Contains(row))
        {
            Rows.Add(row);
        }

        if (_earlier.Remove((row, peer)) || !_values.TryGetValue((row, peer), out var values))
        {
            _values[(row, peer)] = values = [];
        }

        values.Add(value);
        Console.Error.WriteLine($"    {peer}: {row.Text}: {value:0.###} {row.Unit}");
    }

    public void Fail(string scenario, string peer, string reason)
    {
        _failures.Add($"{scenario}, {peer}: {reason}");
        Console.Error.WriteLine($"    {peer}: failed: {reason}");
    }

    public List<RowValues> ToList(IReadOnlyList<string> peers)
        => Rows.ConvertAll(row => new RowValues(row, peers.Where(p => _values.ContainsKey((row, p))).ToDictionary(p => p, p => _values[(row, p)], StringComparer.Ordinal)));

    public IReadOnlyList<double> Values(Row row, string peer) => _values.TryGetValue((row, peer), out var values) ? values : [];

    public double? Median(Row row, string peer)
    {
        var sorted = Values(row, peer).Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
