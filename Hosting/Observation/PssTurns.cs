namespace Stack.Hosting.Observation;

/// <summary>
/// Whose proportional memory is read in which round, and what was read last. To add it up the kernel walks through all pages of a process, which takes it
/// milliseconds for a large one: each replica has its turn now and then, and a round has room for a few.
/// </summary>
internal sealed class PssTurns
{
    /// <summary>Of one replica it is read in every sixth round, with many replicas less often.</summary>
    public const int RoundsBetween = 6;

    public const int MostInOneRound = 4;

    private Dictionary<int, Reading> _readings = [];
    private int _round;

    /// <summary>Begins a round: the processes whose turn it is, those first that have waited longest.</summary>
    /// <param name="pids">The processes of all replicas.</param>
    public HashSet<int> Next(IReadOnlyCollection<int> pids)
    {
        _round++;
        _readings = pids.Where(_readings.ContainsKey).ToDictionary(pid => pid, pid => _readings[pid]);
        return [.. pids.Select(pid => (Pid: pid, _readings.GetValueOrDefault(pid).Round)).Where(p => p.Round == 0 || _round - p.Round >= RoundsBetween)
            .OrderBy(p => p.Round).Take(MostInOneRound).Select(p => p.Pid)];
    }

    /// <summary>Keeps what was read; null, where it could not be read, leaves what was read before.</summary>
    public void Keep(int pid, long? bytes) => _readings[pid] = new Reading(_round, bytes ?? Find(pid));

    /// <summary>What was read last; null: nothing was, or it can't be read.</summary>
    public long? Find(int pid) => _readings.GetValueOrDefault(pid).Bytes;

    private readonly record struct Reading(int Round, long? Bytes);
}
