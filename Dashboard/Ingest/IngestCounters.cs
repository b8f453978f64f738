using System.Collections.Concurrent;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>Counts what comes in and what does not, by instance and signal. Losses in a sender's own queue cannot be seen from here.</summary>
internal sealed class IngestCounters(LiveBus bus, TimeProvider time)
{
    private const int MaxInstances = 1000;

    private readonly ConcurrentDictionary<(string Instance, Signal Signal), Cell> _cells = new();
    private readonly RecentRefusals _recent = new(time);

    /// <summary>Export requests refused in the last five minutes: not zero is worth a line on every page.</summary>
    public long RefusedRecently => _recent.Read().Sum(refused => refused.Requests);

    /// <summary>The same by reason, the most frequent first.</summary>
    public IReadOnlyList<(Refusal Reason, long Requests)> RecentRefusals => _recent.Read();

    /// <summary>Everything since the start, by instance and signal.</summary>
    public IReadOnlyList<IngestCount> Snapshot()
    {
        var counts = _cells.ToDictionary(cell => cell.Key, cell => cell.Value.Read(cell.Key.Instance, cell.Key.Signal));
        foreach (var (instance, skipped) in bus.SkippedByInstance)
        {
            var key = (instance, Signal.Logs);
            counts[key] = (counts.GetValueOrDefault(key) ?? new IngestCount(instance, Signal.Logs)) with { Skipped = skipped };
        }

        return [.. counts.Values.OrderBy(count => count.Instance, StringComparer.Ordinal).ThenBy(count => count.Signal)];
    }

    public void Received(string instance, Signal signal, long records, long cut, long unstorable)
    {
        var cell = CellOf(instance, signal);
        Interlocked.Add(ref cell.Received, records);
        Interlocked.Add(ref cell.Cut, cut);
        Interlocked.Add(ref cell.Unstorable, unstorable);
    }

    public void Refused(string peer, Signal signal, Refusal reason)
    {
        Interlocked.Increment(ref CellOf("@" + peer, signal).Refused);
        _recent.Add(reason);
    }

    private Cell CellOf(string instance, Signal signal) =>
        _cells.TryGetValue((instance, signal), out var known) ? known
        : _cells.GetOrAdd((_cells.Count < MaxInstances ? instance : ResourceInfo.Other.DisplayName, signal), _ => new Cell());

    private sealed class Cell
    {
        public long Received;
        public long Refused;
        public long Cut;
        public long Unstorable;

        public IngestCount Read(string instance, Signal signal) => new(instance, signal)
        {
            Received = Interlocked.Read(ref Received),
            Refused = Interlocked.Read(ref Refused),
            Cut = Interlocked.Read(ref Cut),
            Unstorable = Interlocked.Read(ref Unstorable),
        };
    }
}
