namespace Stack.Dashboard.Storage;

/// <summary>How the store is doing, for the pages: figures only, written by the writer, read by any.</summary>
internal sealed class StoreStatus
{
    private long _committed;
    private long _unstorable;
    private long _lastCommitTicks;
    private long _worstCommitTicks;
    private long _notStoringSince;

    /// <summary>Records that are safe in a file, since the start.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Records that were received but could not be stored: the disk was full, or a cap was reached.</summary>
    public long Unstorable => Interlocked.Read(ref _unstorable);

    public TimeSpan LastCommit => TimeSpan.FromTicks(Interlocked.Read(ref _lastCommitTicks));

    public TimeSpan WorstCommit => TimeSpan.FromTicks(Interlocked.Read(ref _worstCommitTicks));

    /// <summary>Null = all is well; else since when nothing can be stored.</summary>
    public DateTimeOffset? NotStoringSince =>
        Interlocked.Read(ref _notStoringSince) is var ticks and not 0 ? UnixTicks.ToTime(ticks) : null;

    /// <summary>Segment files that could not be read and were put aside, by their new names.</summary>
    public IReadOnlyList<string> BadFiles { get; private set; } = [];

    public void RecordCommit(long records, TimeSpan took)
    {
        Interlocked.Add(ref _committed, records);
        Interlocked.Exchange(ref _lastCommitTicks, took.Ticks);
        Interlocked.Exchange(ref _notStoringSince, 0);
        if (took.Ticks > Interlocked.Read(ref _worstCommitTicks))
        {
            Interlocked.Exchange(ref _worstCommitTicks, took.Ticks);
        }
    }

    public void RecordLoss(long records, DateTimeOffset now)
    {
        Interlocked.Add(ref _unstorable, records);
        Interlocked.CompareExchange(ref _notStoringSince, UnixTicks.Of(now), 0);
    }

    public void RecordBeyondCaps(long records) => Interlocked.Add(ref _unstorable, records);

    public void RecordBadFile(string name) => BadFiles = [.. BadFiles, name];
}
