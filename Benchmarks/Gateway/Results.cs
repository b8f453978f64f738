namespace Gateway;

/// <summary>All that was measured.</summary>
internal sealed class Results(IEnumerable<Sample> earlier)
{
    private readonly HashSet<(string, int, string)> _again = [];
    private readonly List<Sample> _samples = [.. earlier];

    public IReadOnlyList<Sample> All => _samples;

    /// <summary>What is measured again takes the place of what an earlier run measured.</summary>
    public void Add(Sample sample)
    {
        if (_again.Add((sample.Load, sample.Replicas, sample.Proxy)))
        {
            _samples.RemoveAll(s => s.Load == sample.Load && s.Replicas == sample.Replicas && s.Proxy == sample.Proxy);
        }

        _samples.Add(sample);
        Console.Error.WriteLine(
            $"    {sample.Proxy,-28} {sample.RequestsPerSecond,8:0} req/s, p99 {sample.P99,6:0.0} ms, proxy {sample.ProxyCpu,6:0.0} µs, site {sample.SiteCpu,6:0.0} µs, wrk {sample.LoadCpu,5:0.0} µs, "
            + $"{sample.SiteSleeps:0.00} sleeps, {sample.NewConnections:0.0} ‰ new connections{(sample.Failed > 0 ? $", {sample.Failed} FAILED" : "")}");
    }

    public bool Has(string load) => _samples.Exists(s => s.Load == load);

    /// <summary>The numbers of replicas that a load was measured with.</summary>
    public IEnumerable<int> Sizes(string load) => _samples.Where(s => s.Load == load).Select(s => s.Replicas).Distinct().Order();

    /// <summary>The proxies that a load was measured through, in the order in which they were first.</summary>
    public IEnumerable<string> Proxies(string load) => _samples.Where(s => s.Load == load).Select(s => s.Proxy).Distinct(StringComparer.Ordinal);

    /// <summary>The middle, the smallest and the largest; null: it was not measured.</summary>
    public Spread? Of(string load, int replicas, string proxy, Func<Sample, double> value) => Spread.Over(Values(load, replicas, proxy, value));

    /// <summary>One proxy's value by another one's, round by round: what the machine did meanwhile met both.</summary>
    public Spread? Ratio(string load, int replicas, string proxy, string other, Func<Sample, double> value)
        => Spread.Over(Values(load, replicas, proxy, value).Zip(Values(load, replicas, other, value), (a, b) => a / b));

    private IEnumerable<double> Values(string load, int replicas, string proxy, Func<Sample, double> value)
        => _samples.Where(s => s.Load == load && s.Replicas == replicas && s.Proxy == proxy).Select(value);
}

/// <summary>What several measurements of the same say.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public static Spread? Over(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : new((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2, sorted[0], sorted[^1]);
    }

    public override string ToString() => Least == Most ? Markdown.Number(Median) : $"{Markdown.Number(Median)} ({Markdown.Number(Least)}–{Markdown.Number(Most)})";
}
