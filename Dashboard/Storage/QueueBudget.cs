namespace Stack.Dashboard.Storage;

/// <summary>How much telemetry may be in memory between the sockets and the files; what does not fit is refused before it is read.</summary>
internal sealed class QueueBudget(long maxRecords = 64 * 1024, long maxBytes = 64L << 20)
{
    private readonly Lock _gate = new();
    private long _records;
    private long _bytes;
    private int _underway;

    public long MaxRecords { get; } = maxRecords;

    public long MaxBytes { get; } = maxBytes;

    public long Records => Interlocked.Read(ref _records);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Requests that were let in and have not handed over their rows yet.</summary>
    public int Underway => Volatile.Read(ref _underway);

    public void Enter() => Interlocked.Increment(ref _underway);

    public void Leave() => Interlocked.Decrement(ref _underway);

    /// <summary>Set while nothing can be stored and the batch in hand is still being rescued: everything is refused meanwhile.</summary>
    public bool IsClosed { get; set; }

    public bool TryTake(long records, long bytes)
    {
        lock (_gate)
        {
            if (IsClosed || _records + records > MaxRecords || _bytes + bytes > MaxBytes)
            {
                return false;
            }

            _records += records;
            _bytes += bytes;
            return true;
        }
    }

    public void Give(long records, long bytes)
    {
        lock (_gate)
        {
            _records -= records;
            _bytes -= bytes;
        }
    }
}
