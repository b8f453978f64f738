namespace Stack.Dashboard.Storage;

/// <summary>Batches on their way to the writer thread. The bound is <see cref="QueueBudget"/>'s: what is here has paid for its room.</summary>
internal sealed class WriteQueue
{
    private readonly object _gate = new();
    private readonly Queue<TelemetryBatch> _batches = new();
    private bool _closed;

    public void Add(TelemetryBatch batch)
    {
        lock (_gate)
        {
            _batches.Enqueue(batch);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Wakes the writer; it drains what is there and ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The next batch; null when none came within <paramref name="wait"/>, or (<paramref name="ended"/>) none will come.</summary>
    public TelemetryBatch? Take(TimeSpan wait, out bool ended)
    {
        lock (_gate)
        {
            if (_batches.Count == 0 && !_closed && wait > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, wait);
            }

            ended = _closed && _batches.Count == 0;
            return _batches.TryDequeue(out var batch) ? batch : null;
        }
    }
}
