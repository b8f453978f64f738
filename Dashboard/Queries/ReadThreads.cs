namespace Stack.Dashboard.Queries;

/// <summary>Runs synchronous database reads off the pool, two at a time: pages and senders share that pool.</summary>
internal sealed class ReadThreads : IDisposable
{
    private readonly SemaphoreSlim _slots = new(2);

    public async Task<T> RunAsync<T>(Func<T> read, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            // Not cancelled by the token: it interrupts the database instead, so the slot is free only when the thread is.
            return await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}
