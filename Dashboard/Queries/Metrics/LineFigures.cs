using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>What is gathered for one line, part by part, in a form that can be put together with that of other lines.</summary>
internal sealed class LineFigures(TimeAxis axis)
{
    private readonly List<double?[]> _levels = [];
    private readonly bool[] _isHeard = new bool[axis.Parts];
    private readonly double[] _counts = new double[axis.Parts];
    private readonly double[] _sums = new double[axis.Parts];
    private int _endPart = -1;
    private long _endWidth;
    private DurationGrid?[]? _grids;
    private Dictionary<double, double?[]>? _quantiles;

    /// <summary>Where the sender of a flow was heard, so that nothing counted means zero.</summary>
    public void Hear(int part) => _isHeard[part] = true;

    /// <summary>The level of one series over time.</summary>
    public void AddLevels(double?[] values) => _levels.Add(values);

    public void AddFlow(int part, double count, double sum)
    {
        _counts[part] += count;
        _sums[part] += sum;
    }

    public void AddGrid(int part, DurationGrid grid, double share)
    {
        _grids ??= new DurationGrid?[axis.Parts];
        (_grids[part] ??= new DurationGrid()).Add(grid, share);
    }

    /// <summary>Quantiles that senders have computed cannot be put together: the largest stands for all.</summary>
    public void AddQuantile(int part, double quantile, double value)
    {
        _quantiles ??= [];
        if (!_quantiles.TryGetValue(quantile, out var values))
        {
            _quantiles[quantile] = values = new double?[axis.Parts];
        }

        values[part] = Math.Max(values[part] ?? value, value);
    }

    public void Add(LineFigures other)
    {
        _levels.AddRange(other._levels);
        for (var part = 0; part < axis.Parts; part++)
        {
            _isHeard[part] |= other._isHeard[part];
            AddFlow(part, other._counts[part], other._sums[part]);
            if (other._grids?[part] is { } grid)
            {
                AddGrid(part, grid, 1);
            }

            foreach (var (quantile, values) in other._quantiles ?? [])
            {
                if (values[part] is { } value)
                {
                    AddQuantile(part, quantile, value);
                }
            }
        }
    }

    /// <summary>What came after this is still on its way: the part that it lies in counts for as long as it has gone on, or not at all.</summary>
    public void EndFlow(long time, long atLeast)
    {
        var part = axis.PartOf(time);
        if (part < 0 || part >= axis.Parts)
        {
            return;
        }

        var gone = time - axis.StartOf(part);
        (_endPart, _endWidth) = (part, gone);
        _isHeard.AsSpan(gone < atLeast ? part : part + 1).Clear();
    }

    /// <summary>How much of a chart it is, for choosing those that are shown.</summary>
    public double Weight(bool isFlow) => isFlow ? _counts.Sum() : _levels.Sum(series => series.Average(value => Math.Abs(value ?? 0)));

    public IReadOnlyList<double?> Values(MetricStat stat)
    {
        var values = new double?[axis.Parts];
        for (var part = 0; part < values.Length; part++)
        {
            var value = Value(part, stat);
            values[part] = value is { } number && double.IsFinite(number) ? number : null;
        }

        return values;
    }

    private double? Value(int part, MetricStat stat) => stat switch
    {
        MetricStat.Sum or MetricStat.Average or MetricStat.Largest or MetricStat.Smallest => Level(part, stat),
        _ when !_isHeard[part] => null,
        MetricStat.Rate => _counts[part] / TimeSpan.FromTicks(part == _endPart ? _endWidth : axis.Width).TotalSeconds,
        MetricStat.Mean => _counts[part] > 0 ? _sums[part] / _counts[part] : null,
        MetricStat.P50 => Percentile(part, 0.5),
        MetricStat.P95 => Percentile(part, 0.95),
        MetricStat.P99 => Percentile(part, 0.99),
        _ => null,
    };

    private double? Level(int part, MetricStat stat)
    {
        double? total = null;
        var count = 0;
        foreach (var series in _levels)
        {
            if (series[part] is { } value)
            {
                count++;
                total = stat switch
                {
                    MetricStat.Largest => Math.Max(total ?? value, value),
                    MetricStat.Smallest => Math.Min(total ?? value, value),
                    _ => (total ?? 0) + value,
                };
            }
        }

        return stat == MetricStat.Average ? total / count : total;
    }

    private double? Percentile(int part, double quantile) => _grids is not null
        ? _grids[part]?.Percentile(quantile)
        : _quantiles?.GetValueOrDefault(quantile)?[part];
}
