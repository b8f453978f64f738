namespace Stack.Dashboard.Storage;

/// <summary>
/// Counts of values in buckets that grow by 2^(1/8), so 9 % wide: those of any instances and minutes add up, and a percentile is off by 5 % at most.
/// Made for durations in seconds, right for any values above zero; the others count as zero.
/// </summary>
internal sealed class DurationGrid
{
    /// <summary>Buckets in each doubling; exponential histograms of scale 3 have as many.</summary>
    public const int PerDoubling = 8;

    /// <summary>log2 of <see cref="PerDoubling"/>.</summary>
    public const int Scale = 3;

    // From a trillionth to a quintillion: a sender's odd numbers must not make long arrays.
    private const int Lowest = -40 * PerDoubling;
    private const int Highest = 60 * PerDoubling;

    // An explicit bucket that begins at zero is spread over so many doublings only.
    private const double FromZero = 32;

    private double[] _counts = [];
    private int _first;

    public double Zeros { get; private set; }

    public double Count { get; private set; }

    /// <summary>Buckets that hold something, lowest first: bucket i holds values over 2^(i/8) up to 2^((i+1)/8).</summary>
    public IEnumerable<(int Index, double Count)> Buckets
    {
        get
        {
            for (var i = 0; i < _counts.Length; i++)
            {
                if (_counts[i] > 0)
                {
                    yield return (_first + i, _counts[i]);
                }
            }
        }
    }

    public void Add(double value, double count = 1)
    {
        if (value > 0)
        {
            AddBucket(IndexOf(value), count);
        }
        else
        {
            AddZeros(count);
        }
    }

    public void AddZeros(double count)
    {
        Zeros += count;
        Count += count;
    }

    /// <summary>Values of which only the limits are known are taken as spread evenly between them.</summary>
    public void AddBetween(double low, double high, double count)
    {
        if (high <= 0 || !double.IsFinite(high) || low >= high)
        {
            Add(double.IsFinite(high) ? high : low, count);
            return;
        }

        low = Math.Max(low, high / FromZero);
        var (from, to) = (IndexOf(low), IndexOf(high));
        for (var (index, edge) = (from, low); index <= to; index++)
        {
            var next = index == to ? high : UpperEdge(index);
            AddBucket(index, count * Math.Max(0, next - edge) / (high - low));
            edge = Math.Max(edge, next);
        }
    }

    public void AddBucket(int index, double count)
    {
        if (count <= 0)
        {
            return;
        }

        index = Math.Clamp(index, Lowest, Highest);
        Reach(index);
        _counts[index - _first] += count;
        Count += count;
    }

    /// <param name="other">What to add.</param>
    /// <param name="part">How much of it: half of it for 0.5.</param>
    public void Add(DurationGrid other, double part = 1)
    {
        AddZeros(other.Zeros * part);
        foreach (var (index, count) in other.Buckets)
        {
            AddBucket(index, count * part);
        }
    }

    /// <summary>The value that this part (0 to 1) of all values do not exceed; null when there are none.</summary>
    public double? Percentile(double part)
    {
        if (Count <= 0)
        {
            return null;
        }

        var rank = Math.Clamp(part, 0, 1) * Count;
        var below = Zeros;
        if (rank <= below && Zeros > 0)
        {
            return 0;
        }

        var value = 0.0;
        foreach (var (index, count) in Buckets)
        {
            value = Math.Pow(2, (index + 0.5) / PerDoubling);
            below += count;
            if (rank <= below)
            {
                break;
            }
        }

        // Also when sums of fractions fall short of the count by a rounding: then it is the last one.
        return value;
    }

    public static int IndexOf(double value) =>
        (int)Math.Clamp(Math.Ceiling(Math.Log2(value) * PerDoubling) - 1, Lowest, Highest);

    public static double UpperEdge(int index) => Math.Pow(2, (index + 1.0) / PerDoubling);

    private void Reach(int index)
    {
        if (_counts.Length == 0)
        {
            _first = index - 4;
            _counts = new double[16];
        }
        else if (index < _first || index >= _first + _counts.Length)
        {
            var first = Math.Min(_first, index - 4);
            var counts = new double[Math.Max(_first + _counts.Length, index + 8) - first];
            _counts.CopyTo(counts, _first - first);
            (_first, _counts) = (first, counts);
        }
    }
}
