namespace Stack.Hosting.Observation;

/// <summary>What a replica uses: its process and all that are in its session, so that what it starts is counted and what others start is not.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Rss">Resident memory in bytes; pages that they share count for each of them.</param>
/// <param name="Cpu">Share of one core since the sample before; null for the first sample of a process.</param>
/// <param name="Fds">Open file descriptors; null where they can't be counted.</param>
internal sealed record ProcessSample(int Pid, long Rss, double? Cpu, int? Fds)
{
    /// <summary>The same memory with pages that several processes share divided among them: what the replica really costs, up to some rounds old. Null where it can't be read.</summary>
    public long? Pss { get; init; }
}
