namespace Stack.Hosting.Supervision;

/// <summary>Limits how many replicas start at once: starting is bound by the processor. Restarts after a crash go before first starts.</summary>
/// <param name="slots">How many.</param>
internal sealed class StartSlots(int slots)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<IDisposable>> _restarts = new();
    private readonly LinkedList<TaskCompletionSource<IDisposable>> _firsts = new();
    private int _free = slots;

    /// <summary>Waits for a slot; disposing the result gives it back.</summary>
    public async Task<IDisposable> AcquireAsync(bool restart, CancellationToken cancellationToken)
    {
        var queue = restart ? _restarts : _firsts;
        var turn = new TaskCompletionSource<IDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<IDisposable>> place;
        lock (_lock)
        {
            place = queue.AddLast(turn);
            Serve();
        }

        using (cancellationToken.Register(() => GiveUp(place, cancellationToken)))
        {
            return await turn.Task.ConfigureAwait(false);
        }
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource<IDisposable>> place, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (place.Value.TrySetCanceled(cancellationToken))
            {
                place.List?.Remove(place);
            }
        }
    }

    private void Serve()
    {
        while (_free > 0 && (_restarts.First ?? _firsts.First) is { } next)
        {
            next.List!.Remove(next);
            if (next.Value.TrySetResult(new Slot(this)))
            {
                _free--;
            }
        }
    }

    private void Return()
    {
        lock (_lock)
        {
            _free++;
            Serve();
        }
    }

    private sealed class Slot(StartSlots owner) : IDisposable
    {
        private StartSlots? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Return();
    }
}
