using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Stack.Dashboard.Storage;

/// <summary>Hands new rows to viewers, filtered before they are buffered; a slow viewer loses its oldest rows, never holds up the writer.</summary>
internal sealed class LiveBus(LiveRing ring, TimeProvider time)
{
    public const int BatchRows = 200;
    public const int BufferedRows = 1000;
    private const int MaxSenders = 1000;
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private ImmutableArray<LiveSubscriber> _subscribers = [];
    private readonly Dictionary<string, long> _skipped = [];

    /// <summary>Rows that slow viewers did not get, since the start, by the display name of who sent them.</summary>
    public IReadOnlyDictionary<string, long> SkippedByInstance
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, long>(_skipped);
            }
        }
    }

    public int Subscribers => _subscribers.Length;

    /// <summary>Called by the writer for each row, in order of ids.</summary>
    public void Publish(LogRow row)
    {
        // The lock makes "replay the ring, then listen" seamless: a row is either in the ring when a viewer subscribes or published to it.
        lock (_gate)
        {
            ring.Add(row);
            foreach (var subscriber in _subscribers)
            {
                if (subscriber.Offer(row) is { } dropped)
                {
                    var sender = _skipped.ContainsKey(dropped.DisplayName) || _skipped.Count < MaxSenders ? dropped.DisplayName : ResourceInfo.Other.DisplayName;
                    _skipped[sender] = _skipped.GetValueOrDefault(sender) + 1;
                }
            }
        }
    }

    /// <summary>Takes cleared rows out of the ring; what viewers have on their screens stays there.</summary>
    public void Clear(Predicate<LogRow> cleared) => ring.Remove(cleared);

    /// <summary>
    /// Rows that match, from now on, or from <paramref name="afterId"/> on as far as the ring reaches back. The stream ends when <paramref name="ct"/> is cancelled.
    /// </summary>
    public async IAsyncEnumerable<LiveBatch> SubscribeAsync(
        Predicate<LogRow> matches, long? afterId, [EnumeratorCancellation] CancellationToken ct)
    {
        using var subscriber = new LiveSubscriber(matches, BufferedRows);
        var backlog = Join(subscriber, afterId, out var gap);
        try
        {
            for (var i = 0; i < backlog.Count || (gap && i == 0); i += BatchRows)
            {
                yield return new LiveBatch(backlog.GetRange(i, Math.Min(BatchRows, backlog.Count - i)), 0, gap && i == 0);
            }

            while (!ct.IsCancellationRequested)
            {
                if (!await subscriber.WaitAsync(ct).ConfigureAwait(false))
                {
                    yield break;
                }

                var (rows, dropped) = subscriber.Take(BatchRows);
                if (rows.Count > 0 || dropped > 0)
                {
                    yield return new LiveBatch(rows, dropped, dropped > 0);
                }

                // A full batch means more is waiting: only a trickle is collected for a while.
                if (rows.Count < BatchRows && !await PauseAsync(ct).ConfigureAwait(false))
                {
                    yield break;
                }
            }
        }
        finally
        {
            lock (_gate)
            {
                _subscribers = _subscribers.Remove(subscriber);
            }
        }
    }

    private List<LogRow> Join(LiveSubscriber subscriber, long? afterId, out bool gap)
    {
        lock (_gate)
        {
            _subscribers = _subscribers.Add(subscriber);
            gap = false;
            if (afterId is not { } id)
            {
                return [];
            }

            var (rows, missed) = ring.After(id);
            gap = missed;
            return [.. rows.Where(row => subscriber.Wants(row))];
        }
    }

    private async Task<bool> PauseAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(BatchInterval, time, ct).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
