namespace Stack.Dashboard.Storage;

/// <summary>How many records of each signal a second were stored, over the last minute.</summary>
internal sealed class CommitRates
{
    private const int BucketSeconds = 5;
    private const int Buckets = 12;

    private readonly Lock _gate = new();
    private readonly long[,] _counts = new long[Buckets + 1, 3];
    private long _last;

    public void Add(long logs, long spans, long points, DateTimeOffset now)
    {
        lock (_gate)
        {
            MoveTo(now);
            var at = _last % (Buckets + 1);
            _counts[at, 0] += logs;
            _counts[at, 1] += spans;
            _counts[at, 2] += points;
        }
    }

    /// <summary>The bucket that is still being filled is left out.</summary>
    public (double Logs, double Spans, double Points) PerSecond(DateTimeOffset now)
    {
        lock (_gate)
        {
            MoveTo(now);
            return (Of(0), Of(1), Of(2));
        }
    }

    private double Of(int signal)
    {
        var sum = 0L;
        for (var bucket = _last - Buckets; bucket < _last; bucket++)
        {
            sum += bucket < 0 ? 0 : _counts[bucket % (Buckets + 1), signal];
        }

        return sum / (double)(Buckets * BucketSeconds);
    }

    private void MoveTo(DateTimeOffset now)
    {
        var bucket = Math.Max(_last, now.ToUnixTimeSeconds() / BucketSeconds);
        for (var next = Math.Max(_last + 1, bucket - Buckets); next <= bucket; next++)
        {
            for (var signal = 0; signal < 3; signal++)
            {
                _counts[next % (Buckets + 1), signal] = 0;
            }
        }

        _last = bucket;
    }
}
