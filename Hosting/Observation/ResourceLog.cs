namespace Stack.Hosting.Observation;

/// <summary>The log of one resource or replica: the lines that the AppHost wrote, kept here, and the file that its process writes.</summary>
internal sealed class ResourceLog(string name)
{
    /// <summary>Lines that are kept.</summary>
    public const int Backlog = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<(string Text, bool IsError)> _lines = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    public string Name { get; } = name;

    public string? File { get; set; }

    /// <summary>How many watch it; changed by the service, under its lock.</summary>
    public int Watchers { get; set; }

    public bool IsComplete { get; private set; }

    /// <summary>Number of lines ever written.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Completes at the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    public void Add(string text, bool isError) => Change(() =>
    {
        _lines.Enqueue((text, isError));
        _count++;
        if (_lines.Count > Backlog)
        {
            _lines.Dequeue();
        }
    });

    public void Complete() => Change(() => IsComplete = true);

    public void ClearBacklog() => Change(_lines.Clear);

    /// <summary>The kept lines from a number on; the number goes on to the one after them.</summary>
    /// <param name="next">Number of the first line wanted.</param>
    /// <param name="end">Number of the first line that is not wanted; null: all.</param>
    /// <param name="missed">How many lines before them are no longer kept.</param>
    public IReadOnlyList<(string Text, bool IsError)> From(ref long next, long? end, out long missed)
    {
        lock (_lock)
        {
            var first = _count - _lines.Count;
            missed = Math.Max(0, Math.Min(first, end ?? _count) - next);
            var skip = (int)Math.Max(0, next - first);
            var take = (int)Math.Max(0, (end ?? _count) - first - skip);
            next = end ?? _count;
            return [.. _lines.Skip(skip).Take(take)];
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
