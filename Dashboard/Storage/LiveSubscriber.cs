namespace Stack.Dashboard.Storage;

/// <summary>One viewer's filter and its bounded buffer: when it is full the oldest row goes and is counted.</summary>
internal sealed class LiveSubscriber(Predicate<LogRow> matches, int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<LogRow> _rows = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private long _dropped;

    public bool Wants(LogRow row) => matches(row);

    /// <summary>The older row that had to make room, if one had to.</summary>
    public LogRow? Offer(LogRow row)
    {
        if (!matches(row))
        {
            return null;
        }

        LogRow? oldest = null;
        lock (_gate)
        {
            if (_rows.Count == capacity)
            {
                oldest = _rows.Dequeue();
                _dropped++;
            }

            _rows.Enqueue(row);
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }

        return oldest;
    }

    /// <summary>False when cancelled.</summary>
    public async Task<bool> WaitAsync(CancellationToken ct)
    {
        try
        {
            await _signal.WaitAsync(ct).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public (IReadOnlyList<LogRow> Rows, long Dropped) Take(int max)
    {
        lock (_gate)
        {
            var rows = new List<LogRow>(Math.Min(max, _rows.Count));
            while (rows.Count < max && _rows.TryDequeue(out var row))
            {
                rows.Add(row);
            }

            var dropped = _dropped;
            _dropped = 0;
            if (_rows.Count > 0 && _signal.CurrentCount == 0)
            {
                _signal.Release();
            }

            return (rows, dropped);
        }
    }

    public void Dispose() => _signal.Dispose();
}
