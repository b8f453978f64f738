using Google.Protobuf.Collections;
using Stack.Dashboard.Ingest.Otlp;

namespace Stack.Dashboard.Storage;

/// <summary>
/// A histogram at one moment, as it stands in the column <c>points.value</c>: the OTLP message of its point (HistogramPoint, ExponentialPoint in
/// otlp.proto) without attributes and exemplars. Which of the two it is says the type of the series.
/// </summary>
internal sealed class HistogramSample
{
    private const int FinestScale = 20;
    private readonly RepeatedField<double>? _bounds;
    private readonly RepeatedField<ulong> _buckets;
    private readonly int _scale;
    private readonly int _offset;
    private readonly ulong _zeros;

    private HistogramSample(HistogramPoint point)
    {
        (Count, Sum, _bounds, _buckets) = (point.Count, point.Sum, point.ExplicitBounds, point.BucketCounts);
    }

    private HistogramSample(ExponentialPoint point)
    {
        (Count, Sum) = (point.Count, point.Sum);
        (_scale, _offset) = (Math.Min(point.Scale, FinestScale), point.Positive?.Offset ?? 0);
        _buckets = point.Positive?.BucketCounts ?? [];
        _zeros = Total(_buckets) is var positive && positive < point.Count ? point.Count - positive : 0;
    }

    public ulong Count { get; }

    public double Sum { get; }

    public static bool IsExponential(string type) => type.StartsWith("exponential", StringComparison.Ordinal);

    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static HistogramSample Read(byte[] blob, string type) => IsExponential(type)
        ? new HistogramSample(ExponentialPoint.Parser.ParseFrom(blob))
        : new HistogramSample(HistogramPoint.Parser.ParseFrom(blob));

    /// <summary>What came after an earlier sample of the same run of the sender; all of it when there is none.</summary>
    public DurationGrid Since(HistogramSample? before)
    {
        var grid = new DurationGrid();
        if (_bounds is not null)
        {
            AddExplicit(grid, before?._bounds is { } bounds && bounds.Equals(_bounds) ? before._buckets : []);
        }
        else
        {
            AddExponential(grid, before);
        }

        return grid;
    }

    private void AddExplicit(DurationGrid grid, RepeatedField<ulong> before)
    {
        for (var i = 0; i < _buckets.Count; i++)
        {
            var count = Difference(_buckets[i], i < before.Count ? before[i] : 0);
            if (count > 0)
            {
                // What is over the last bound may be anywhere: it is taken as just over it.
                var low = i == 0 ? 0 : _bounds![Math.Min(i, _bounds.Count) - 1];
                grid.AddBetween(low, i < _bounds!.Count ? _bounds[i] : low, count);
            }
        }
    }

    private void AddExponential(DurationGrid grid, HistogramSample? before)
    {
        grid.AddZeros(Difference(_zeros, before?._zeros ?? 0));
        var old = before is null ? [] : before.OnGrid();
        foreach (var (index, count) in OnGrid())
        {
            grid.AddBucket(index, count - old.GetValueOrDefault(index));
        }
    }

    // Finer scales fall exactly into the grid's buckets; a coarser one is wider than they are and goes into the middle one.
    private Dictionary<int, double> OnGrid()
    {
        var counts = new Dictionary<int, double>();
        for (var i = 0; i < _buckets.Count; i++)
        {
            if (_buckets[i] > 0)
            {
                var index = _scale >= DurationGrid.Scale
                    ? (_offset + i) >> (_scale - DurationGrid.Scale)
                    : DurationGrid.IndexOf(Math.Pow(2, (_offset + i + 0.5) * Math.Pow(2, -_scale)));
                counts[index] = counts.GetValueOrDefault(index) + _buckets[i];
            }
        }

        return counts;
    }

    private static ulong Difference(ulong now, ulong before) => now > before ? now - before : 0;

    private static ulong Total(RepeatedField<ulong> counts)
    {
        var total = 0UL;
        foreach (var count in counts)
        {
            total += count;
        }

        return total;
    }
}
