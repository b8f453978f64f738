namespace Stack.Dashboard.Storage;

/// <summary>Batches on their way to the writer thread, and what else it is asked to do. The bound is <see cref="QueueBudget"/>'s: what is here has paid for its room.</summary>
internal sealed class WriteQueue
{
    private readonly object _gate = new();
    private readonly Queue<QueuedWork> _work = new();
    private bool _closed;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _work.Count == 0;
            }
        }
    }

    public void Add(TelemetryBatch batch) => Add(new QueuedWork(batch, null));

    /// <summary>The writer does it between two batches; false = it has ended, or will.</summary>
    public bool TryAsk(Action action) => Add(new QueuedWork(null, action));

    /// <summary>Wakes the writer; it drains what is there and ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>What is next; nothing when nothing came within <paramref name="wait"/>, or (<paramref name="ended"/>) nothing will.</summary>
    public QueuedWork Take(TimeSpan wait, out bool ended)
    {
        lock (_gate)
        {
            if (_work.Count == 0 && !_closed && wait > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, wait);
            }

            ended = _closed && _work.Count == 0;
            return _work.TryDequeue(out var work) ? work : default;
        }
    }

    private bool Add(QueuedWork work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_gate);
            return !_closed;
        }
    }
}

/// <summary>A batch, or an action; or neither.</summary>
internal readonly record struct QueuedWork(TelemetryBatch? Batch, Action? Action);
