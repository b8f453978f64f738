using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>How the store is doing, for the pages: figures only, written by the writer, read by any.</summary>
internal sealed class StoreStatus
{
    private long _committed;
    private long _unstorable;
    private long _pointsBeyondCap;
    private long _lastCommitTicks;
    private long _worstCommitTicks;
    private long _notStoringSince;
    private long _notStored;

    /// <summary>Records that are safe in a file, since the start.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Records that were received but could not be stored: the disk was full, or a cap was reached.</summary>
    public long Unstorable => Interlocked.Read(ref _unstorable);

    /// <summary>Points among them that belong to series beyond the cap.</summary>
    public long PointsBeyondCap
    {
        get => Interlocked.Read(ref _pointsBeyondCap);
        set => Interlocked.Exchange(ref _pointsBeyondCap, value);
    }

    public TimeSpan LastCommit => TimeSpan.FromTicks(Interlocked.Read(ref _lastCommitTicks));

    public TimeSpan WorstCommit => TimeSpan.FromTicks(Interlocked.Read(ref _worstCommitTicks));

    /// <summary>Null = all is well; else since when nothing can be stored.</summary>
    public DateTimeOffset? NotStoringSince =>
        Interlocked.Read(ref _notStoringSince) is var ticks and not 0 ? UnixTicks.ToTime(ticks) : null;

    /// <summary>How many records were lost since <see cref="NotStoringSince"/>.</summary>
    public long NotStored => Interlocked.Read(ref _notStored);

    /// <summary>What was committed lately, by signal.</summary>
    public CommitRates Rates { get; } = new();

    /// <summary>Segments that were found damaged after an unclean stop, with what SQLite said of them.</summary>
    public IReadOnlyDictionary<string, string> Damaged { get; private set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Segment files that could not be read and were put aside, by their new names.</summary>
    public IReadOnlyList<string> BadFiles { get; private set; } = [];

    public void RecordCommit(long records, TimeSpan took)
    {
        Interlocked.Add(ref _committed, records);
        Interlocked.Exchange(ref _lastCommitTicks, took.Ticks);
        RecordRoom();
        if (took.Ticks > Interlocked.Read(ref _worstCommitTicks))
        {
            Interlocked.Exchange(ref _worstCommitTicks, took.Ticks);
        }
    }

    public void RecordLoss(long records, DateTimeOffset now)
    {
        Interlocked.Add(ref _unstorable, records);
        Interlocked.Add(ref _notStored, records);
        Interlocked.CompareExchange(ref _notStoringSince, UnixTicks.Of(now), 0);
    }

    /// <summary>There is room again.</summary>
    public void RecordRoom()
    {
        Interlocked.Exchange(ref _notStoringSince, 0);
        Interlocked.Exchange(ref _notStored, 0);
    }

    public void RecordBeyondCaps(long records) => Interlocked.Add(ref _unstorable, records);

    public void RecordBadFile(string name) => BadFiles = [.. BadFiles, name];

    public void RecordDamaged(string file, string verdict) => Damaged = new Dictionary<string, string>(Damaged) { [file] = verdict };
}
