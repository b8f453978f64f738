using System.Threading.Channels;

namespace WebSite.Live;

/// <summary>The newest that this replica knows of, for all its readers: they wait here, and one watch looks into the database for them.</summary>
public sealed class BoardHead
{
    private readonly Channel<bool> _nudges = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _moved = New();
    private Position _newest = new(0, 0);
    private int _readers;

    public Position Newest => Volatile.Read(ref _newest);

    /// <summary>How many wait or read here now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>Has the watch look at once.</summary>
    public void Nudge() => _nudges.Writer.TryWrite(true);

    /// <summary>Completes at the next nudge, or with one that nobody has taken yet.</summary>
    public ValueTask<bool> NudgedAsync(CancellationToken cancellationToken) => _nudges.Reader.ReadAsync(cancellationToken);

    /// <summary>Counts a reader until it is disposed of.</summary>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _readers) == 1)
        {
            Nudge();
        }

        return new Reader(this);
    }

    /// <summary>Never goes back: the newest message may be deleted.</summary>
    public void MoveTo(Position newest)
    {
        if (newest.IsPast(Newest))
        {
            Volatile.Write(ref _newest, newest.Furthest(Newest));
            Interlocked.Exchange(ref _moved, New()).SetResult();
        }
    }

    /// <summary>Waits until there is something newer than where the reader is, and returns the newest.</summary>
    public async Task<Position> PastAsync(Position reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (Newest is var newest && newest.IsPast(reader))
            {
                return newest;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Reader(BoardHead head) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref head._readers);
            }
        }
    }
}
