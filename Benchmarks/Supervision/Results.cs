namespace Supervision;

/// <summary>One line of the table.</summary>
/// <param name="Text">What is measured.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="Target">What Stack is meant to reach; null: nothing is said.</param>
internal sealed record Row(string Text, string Unit, double? Target = null)
{
    /// <summary>True where more is better.</summary>
    public bool Upwards { get; init; }

    /// <summary>False where a ratio says nothing: counts that are meant to be zero.</summary>
    public bool HasRatio { get; init; } = true;

    public bool IsMet(double value) => Target is not { } target || (Upwards ? value >= target : value <= target);
}

/// <summary>All that was measured, by row and peer.</summary>
internal sealed class Results
{
    private readonly Dictionary<(Row Row, string Peer), List<double>> _values = [];
    private readonly List<string> _failures = [];

    /// <summary>In the order in which they were first measured.</summary>
    public List<Row> Rows { get; } = [];

    public IReadOnlyList<string> Failures => _failures;

    public void Add(Row row, string peer, double value)
    {
        if (!Rows.Contains(row))
        {
            Rows.Add(row);
        }

        if (!_values.TryGetValue((row, peer), out var values))
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

    public IReadOnlyList<double> Values(Row row, string peer) => _values.TryGetValue((row, peer), out var values) ? values : [];

    public double? Median(Row row, string peer)
    {
        var sorted = Values(row, peer).Order().ToList();
        return sorted.Count == 0 ? null : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
