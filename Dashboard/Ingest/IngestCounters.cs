using System.Collections.Concurrent;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>What one instance sent of one signal since the start.</summary>
/// <param name="Instance">Display name; for what was refused before it was read, the peer's address with <c>@</c> in front.</param>
/// <param name="Received">Records that were taken into the queue.</param>
/// <param name="Refused">Export requests that were refused.</param>
/// <param name="Cut">Attributes and bodies that were too long or too many.</param>
/// <param name="Unstorable">Records that make no sense: a span without ids, a value that is not a number.</param>
internal sealed record IngestCount(string Instance, Signal Signal, long Received, long Refused, long Cut, long Unstorable);

/// <summary>Counts what comes in and what does not. Losses in a sender's own queue cannot be seen from here.</summary>
internal sealed class IngestCounters(TimeProvider time)
{
    public static readonly TimeSpan RecentWindow = TimeSpan.FromMinutes(5);
    private const int MaxInstances = 1000;

    private readonly ConcurrentDictionary<(string Instance, Signal Signal), Cell> _cells = new();
    private readonly Lock _gate = new();
    private readonly long[] _refusedByMinute = new long[6];
    private long _lastMinute;

    /// <summary>Export requests refused in the last five minutes: not zero is worth a line on every page.</summary>
    public long RefusedRecently
    {
        get
        {
            lock (_gate)
            {
                MoveToPresent();
                return _refusedByMinute.Sum();
            }
        }
    }

    public void Received(string instance, Signal signal, long records, long cut, long unstorable)
    {
        var cell = CellOf(instance, signal);
        Interlocked.Add(ref cell.Received, records);
        Interlocked.Add(ref cell.Cut, cut);
        Interlocked.Add(ref cell.Unstorable, unstorable);
    }

    public void Refused(string peer, Signal signal)
    {
        Interlocked.Increment(ref CellOf("@" + peer, signal).Refused);
        lock (_gate)
        {
            MoveToPresent();
            _refusedByMinute[_lastMinute % _refusedByMinute.Length]++;
        }
    }

    public IReadOnlyList<IngestCount> Snapshot() =>
    [
        .. _cells
            .Select(c => new IngestCount(
                c.Key.Instance, c.Key.Signal, Interlocked.Read(ref c.Value.Received), Interlocked.Read(ref c.Value.Refused),
                Interlocked.Read(ref c.Value.Cut), Interlocked.Read(ref c.Value.Unstorable)))
            .OrderBy(count => count.Instance, StringComparer.Ordinal).ThenBy(count => count.Signal),
    ];

    private Cell CellOf(string instance, Signal signal) =>
        _cells.TryGetValue((instance, signal), out var known) ? known
        : _cells.GetOrAdd((_cells.Count < MaxInstances ? instance : ResourceInfo.Other.DisplayName, signal), _ => new Cell());

    private void MoveToPresent()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        for (var i = Math.Max(_lastMinute + 1, minute - _refusedByMinute.Length + 1); i <= minute; i++)
        {
            _refusedByMinute[i % _refusedByMinute.Length] = 0;
        }

        _lastMinute = Math.Max(_lastMinute, minute);
    }

    private sealed class Cell
    {
        public long Received;
        public long Refused;
        public long Cut;
        public long Unstorable;
    }
}
