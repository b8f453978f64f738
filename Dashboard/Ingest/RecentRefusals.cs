namespace Stack.Dashboard.Ingest;

/// <summary>How many export requests were refused in the last five minutes, and why: one column a minute, one row a reason.</summary>
internal sealed class RecentRefusals(TimeProvider time)
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    // The minute that is running and the five before it.
    private const int Minutes = 6;

    private readonly Lock _gate = new();
    private readonly long[,] _counts = new long[Enum.GetValues<Refusal>().Length, Minutes];
    private long _lastMinute;

    public void Add(Refusal reason)
    {
        lock (_gate)
        {
            MoveToPresent();
            _counts[(int)reason, _lastMinute % Minutes]++;
        }
    }

    /// <summary>Only reasons that occurred, the most frequent first.</summary>
    public IReadOnlyList<(Refusal Reason, long Requests)> Read()
    {
        lock (_gate)
        {
            MoveToPresent();
            return
            [
                .. Enum.GetValues<Refusal>()
                    .Select(reason => (Reason: reason, Requests: Enumerable.Range(0, Minutes).Sum(minute => _counts[(int)reason, minute])))
                    .Where(refused => refused.Requests > 0)
                    .OrderByDescending(refused => refused.Requests),
            ];
        }
    }

    private void MoveToPresent()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        for (var passed = Math.Max(_lastMinute + 1, minute - Minutes + 1); passed <= minute; passed++)
        {
            for (var reason = 0; reason < _counts.GetLength(0); reason++)
            {
                _counts[reason, passed % Minutes] = 0;
            }
        }

        _lastMinute = Math.Max(_lastMinute, minute);
    }
}
