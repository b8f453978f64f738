using Stack.Hosting.Supervision;

namespace Testing;

/// <summary>A start gate that is open unless the test closes it, and counts the slots that are out.</summary>
internal sealed class ScriptedGate : IStartGate
{
    private int _held;
    private TaskCompletionSource? _closed;

    public int Held => Volatile.Read(ref _held);

    /// <summary>Whether each entry was a restart, in order.</summary>
    public List<bool> Entries { get; } = [];

    /// <summary>Thrown at the next entries.</summary>
    public Exception? Fails { get; set; }

    /// <summary>First starts wait until it is opened; restarts don't.</summary>
    public void Close() => _closed ??= new TaskCompletionSource();

    public void Open()
    {
        var closed = _closed;
        _closed = null;
        closed?.SetResult();
    }

    public async Task<IDisposable> EnterAsync(string instance, StartCause cause, Action<string> describe, CancellationToken cancellationToken)
    {
        var restart = cause != StartCause.Command;
        Entries.Add(restart);
        if (!restart && _closed is { } closed)
        {
            describe("waiting for 'db'");
            await closed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (Fails is { } failure)
        {
            throw failure;
        }

        Interlocked.Increment(ref _held);
        return new Slot(this);
    }

    private sealed class Slot(ScriptedGate gate) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref gate._held);
            }
        }
    }
}
