using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>What is known of the requests of one instance, or of all, in a window.</summary>
internal sealed class RequestFigures(OverviewWindow window)
{
    private const int Informational = 1;

    private readonly double[] _counts = new double[window.Parts];
    private readonly double[] _errors = new double[window.Parts];
    private readonly DurationGrid?[] _durations = new DurationGrid?[window.Parts];
    private DurationGrid? _all;
    private readonly double[] _classes = new double[6];

    public double Count { get; private set; }

    /// <summary>Answers of class 5xx; of the gateway's tries also those without any answer.</summary>
    public double Errors { get; private set; }

    /// <summary>Of the gateway's tries: those after which another replica was asked.</summary>
    public double AskedAnother { get; private set; }

    public double ErrorShare => Count > 0 ? Errors / Count : 0;

    /// <summary>By status class, 1 to 5; 0 = without a status.</summary>
    public IReadOnlyList<double> Classes => _classes;

    /// <summary>Since when there is something; the first ones may be younger than the window.</summary>
    public long? First { get; private set; }

    public void Add(long at, int statusClass, double count, ReadOnlySpan<byte> durations)
    {
        var part = window.PartOf(at);
        var plain = statusClass % RequestKey.AskedAnother;
        Count += count;
        _counts[part] += count;
        _classes[Math.Clamp(plain, 0, 5)] += count;
        First = Math.Min(First ?? at, at);
        if (plain is 5 || (plain is 0 && statusClass >= RequestKey.AskedAnother))
        {
            Errors += count;
            _errors[part] += count;
        }

        if (statusClass >= RequestKey.AskedAnother)
        {
            AskedAnother += count;
        }

        // A WebSocket (101) lasts as long as its client likes.
        if (plain != Informational && durations.Length > 0)
        {
            GridBlob.Read(durations, _durations[part] ??= new DurationGrid());
            _all = null;
        }
    }

    public void Add(RequestFigures other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
            _errors[i] += other._errors[i];
            if (other._durations[i] is { } durations)
            {
                (_durations[i] ??= new DurationGrid()).Add(durations);
            }
        }

        for (var i = 0; i < _classes.Length; i++)
        {
            _classes[i] += other._classes[i];
        }

        _all = null;
        Count += other.Count;
        Errors += other.Errors;
        AskedAnother += other.AskedAnother;
        First = First is { } first && other.First is { } later ? Math.Min(first, later) : First ?? other.First;
    }

    /// <summary>In seconds; null when nothing was timed.</summary>
    public double? Percentile(double share)
    {
        if (_all is null)
        {
            _all = new DurationGrid();
            foreach (var durations in _durations.OfType<DurationGrid>())
            {
                _all.Add(durations);
            }
        }

        return _all.Percentile(share);
    }

    /// <summary>Requests per second since that time.</summary>
    public double Rate(long since) => window.Seconds(since, window.To) is > 0 and var seconds ? Count / seconds : 0;

    public IReadOnlyList<double?> Rates(long since) =>
        [.. _counts.Select((count, i) => window.Seconds(Math.Max(since, StartOf(i)), StartOf(i + 1)) is >= 1 and var seconds ? count / seconds : (double?)null)];

    public IReadOnlyList<double?> Percentiles(double share) => [.. _durations.Select(durations => durations?.Percentile(share))];

    public IReadOnlyList<double?> ErrorShares() => [.. _errors.Select((errors, i) => _counts[i] > 0 ? errors / _counts[i] : (double?)null)];

    private long StartOf(int part) => window.From + (part * window.Part);
}
