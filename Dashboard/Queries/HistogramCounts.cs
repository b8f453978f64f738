using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Log rows by equal parts of a range of the sender's time, and by severity.</summary>
internal sealed class HistogramCounts : LogCounts
{
    private readonly long _from;
    private readonly long _width;
    private readonly long[][] _counts;

    public HistogramCounts(LogFilter filter, int parts)
        : base(filter)
    {
        _from = UnixTicks.Of(filter.From!.Value);
        _width = Math.Max(1, (UnixTicks.Of(filter.To!.Value) - _from + parts - 1) / parts);
        _counts = [.. Enumerable.Range(0, 25).Select(_ => new long[parts])];
    }

    /// <summary>Whether counts by minute are fine enough.</summary>
    public bool IsCoarse => _width >= LogRollups.MinuteTicks;

    public LogHistogram ToHistogram(bool isPartial) => new(_counts, isPartial);

    public override void ReadRollups(SegmentReader meta)
    {
        if (RollupCondition(meta) is not { } condition)
        {
            return;
        }

        // The minute in which the range begins counts whole.
        var end = UnixTicks.Of(Filter.To!.Value);
        using var rows = meta.Prepare($"SELECT minute, sev, sum(n) FROM roll WHERE minute>=? AND minute<=? AND {condition} GROUP BY 1, 2");
        rows.Bind(1, _from / LogRollups.MinuteTicks).Bind(2, (end - 1) / LogRollups.MinuteTicks);
        while (rows.Step())
        {
            Add(Math.Max(_from, rows.Number(0) * LogRollups.MinuteTicks), (int)rows.Number(1), rows.Number(2));
        }
    }

    public override void ReadRows(SegmentReader reader, LogConditions conditions)
    {
        using var rows = reader.Prepare(string.Create(
            CultureInfo.InvariantCulture, $"SELECT (ts-{_from})/{_width}, sev, count(*) FROM {conditions.From} WHERE {conditions.Where} GROUP BY 1, 2"));
        conditions.BindTo(rows);
        while (rows.Step())
        {
            Add(_from + (rows.Number(0) * _width), (int)rows.Number(1), rows.Number(2));
        }
    }

    protected override void Add(LogRow row) => Add(UnixTicks.Of(row.Time), row.Severity, 1);

    private void Add(long time, int severity, long count)
    {
        var part = (time - _from) / _width;
        if (part >= 0 && part < _counts[0].Length && severity is >= 0 and <= 24)
        {
            _counts[severity][part] += count;
        }
    }
}

/// <summary>The answer: [severity 0–24][part of the range].</summary>
internal sealed record LogHistogram(IReadOnlyList<IReadOnlyList<long>> Counts, bool IsPartial)
{
    public long Total => Counts.Sum(parts => parts.Sum());

    /// <summary>The parts of some severities together.</summary>
    public IReadOnlyList<double> Between(int first, int last) =>
        [.. Enumerable.Range(0, Counts[0].Count).Select(part => (double)Enumerable.Range(first, last - first + 1).Sum(severity => Counts[severity][part]))];
}
