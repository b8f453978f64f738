using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Stack.Hosting.Observation;

/// <summary>
/// Numbers events, keeps the last ones, and passes them to observers: snapshot and subscription are one step, a slow observer gets a gap and a new snapshot and is never waited for.
/// </summary>
/// <typeparam name="T">Type of the events.</typeparam>
/// <param name="snapshot">
/// Makes a snapshot event; the argument is the number of the last event it must include. Called under the hub's lock, so it has to be quick, and what it reads has to be changed
/// before the change is published.
/// </param>
/// <param name="gap">Makes the event that tells an observer that events were left out.</param>
/// <param name="startSeq">
/// The first event gets the number after this one. Take something that grows from one AppHost to the next (its start in Unix microseconds), so that an observer who resumes with a number of an earlier
/// AppHost gets a snapshot.
/// </param>
internal sealed class EventHub<T>(Func<long, T> snapshot, Func<long, T> gap, long startSeq)
    where T : class
{
    /// <summary>How many events are kept for observers that resume.</summary>
    public const int RingSize = 4096;

    /// <summary>How many events may wait for one observer.</summary>
    public const int QueueSize = 1024;

    private readonly Lock _lock = new();
    private readonly T?[] _ring = new T?[RingSize];
    private readonly List<Observer> _observers = [];
    private long _first = startSeq; // the events after this one are kept
    private long _seq = startSeq;
    private bool _isKnown;

    /// <summary>Number of the last event.</summary>
    public long Seq
    {
        get
        {
            lock (_lock)
            {
                return _seq;
            }
        }
    }

    /// <summary>True while somebody watches.</summary>
    public bool IsWatched
    {
        get
        {
            lock (_lock)
            {
                return _observers.Count > 0;
            }
        }
    }

    /// <summary>Publishes one event to all observers; never waits.</summary>
    /// <param name="create">
    /// Makes the event; its number is the argument. Called under the hub's lock: state that is read there can't be published out of order. Not called before somebody has watched or asked for a snapshot.
    /// </param>
    public void Publish(Func<long, T> create)
    {
        lock (_lock)
        {
            if (!_isKnown)
            {
                // Nobody has a number to resume with: a large stack's start would be kept for no one.
                _first = ++_seq;
                return;
            }

            var item = create(_seq + 1);
            _seq++;
            _ring[_seq % RingSize] = item;
            foreach (var observer in _observers)
            {
                // Once full, nothing more goes in until the observer has taken its gap and snapshot: it would be out of order.
                observer.Overflowed = observer.Overflowed || !observer.Queue.Writer.TryWrite(item);
            }
        }
    }

    /// <summary>Sends something to all observers that can be missed: it has no number of its own, is not kept for those who resume, and is left out for an observer that is behind.</summary>
    /// <param name="create">Makes it; the argument is the number of the last event.</param>
    public void Send(Func<long, T> create)
    {
        lock (_lock)
        {
            var item = create(_seq);
            foreach (var observer in _observers.Where(o => !o.Overflowed))
            {
                observer.Queue.Writer.TryWrite(item);
            }
        }
    }

    /// <summary>A snapshot of now; the same that a new observer would get first.</summary>
    public T Snapshot()
    {
        lock (_lock)
        {
            _isKnown = true;
            return snapshot(_seq);
        }
    }

    /// <summary>First a snapshot (or, if it is still known, what came after <paramref name="afterSeq"/>), then every event until cancelled.</summary>
    public async IAsyncEnumerable<T> WatchAsync(long? afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var observer = new Observer();
        List<T> first;
        lock (_lock)
        {
            _isKnown = true;
            first = Missed(afterSeq) ?? [snapshot(_seq)];
            _observers.Add(observer);
        }

        try
        {
            foreach (var item in first)
            {
                yield return item;
            }

            while (await observer.Queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (observer.Queue.Reader.TryRead(out var item))
                {
                    yield return item;
                }

                foreach (var item in CatchUp(observer))
                {
                    yield return item;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _observers.Remove(observer);
            }
        }
    }

    /// <summary>The events after a number, or null when they are no longer all here (or the number is not one of ours).</summary>
    private List<T>? Missed(long? afterSeq)
    {
        if (afterSeq is not { } after || after < _first || after > _seq || _seq - after > RingSize)
        {
            return null;
        }

        var events = new List<T>((int)(_seq - after));
        for (var seq = after + 1; seq <= _seq; seq++)
        {
            events.Add(_ring[seq % RingSize]!);
        }

        return events;
    }

    private T[] CatchUp(Observer observer)
    {
        lock (_lock)
        {
            // Looked at under the lock and with an empty queue: what comes next is newer than the snapshot.
            if (!observer.Overflowed || observer.Queue.Reader.TryPeek(out _))
            {
                return [];
            }

            observer.Overflowed = false;
            return [gap(_seq), snapshot(_seq)];
        }
    }

    private sealed class Observer
    {
        public Channel<T> Queue { get; } = Channel.CreateBounded<T>(
            new BoundedChannelOptions(QueueSize) { SingleReader = true, AllowSynchronousContinuations = false });

        public bool Overflowed { get; set; }
    }
}
