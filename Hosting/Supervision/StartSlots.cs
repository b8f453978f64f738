namespace Stack.Hosting.Supervision;

/// <summary>Lets only so many replicas start at the same time, because a start is bound by CPU. Restarts after a crash go before first starts.</summary>
internal sealed class StartSlots(int slots)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<IDisposable>> _restarts = [];
    private readonly LinkedList<TaskCompletionSource<IDisposable>> _starts = [];
    private int _free = Math.Max(1, slots);

    /// <summary>Completes when a slot is free; disposing the result gives it back.</summary>
    public Task<IDisposable> AcquireAsync(bool restart, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var queue = restart ? _restarts : _starts;
        LinkedListNode<TaskCompletionSource<IDisposable>> waiting;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.FromResult<IDisposable>(new Slot(this));
            }

            waiting = queue.AddLast(new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return WaitAsync(queue, waiting, cancellationToken);
    }

    private async Task<IDisposable> WaitAsync(
        LinkedList<TaskCompletionSource<IDisposable>> queue, LinkedListNode<TaskCompletionSource<IDisposable>> waiting, CancellationToken cancellationToken)
    {
        var cancelled = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                // Not in the queue any more: it has just got its slot, and its owner gives it back.
                if (waiting.List is null)
                {
                    return;
                }

                queue.Remove(waiting);
            }

            waiting.Value.TrySetCanceled(cancellationToken);
        });
        await using (cancelled.ConfigureAwait(false))
        {
            return await waiting.Value.Task.ConfigureAwait(false);
        }
    }

    private void Release()
    {
        TaskCompletionSource<IDisposable>? next;
        lock (_lock)
        {
            var queue = _restarts.First is not null ? _restarts : _starts;
            next = queue.First?.Value;
            if (next is null)
            {
                _free++;
                return;
            }

            queue.RemoveFirst();
        }

        next.SetResult(new Slot(this));
    }

    private sealed class Slot(StartSlots owner) : IDisposable
    {
        private StartSlots? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Release();
    }
}
