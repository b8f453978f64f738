namespace Testing;

/// <summary>A clock that stands still until a test moves it. Timers call back on the thread that moves it, in the order in which they are due.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(Comparer<ManualTimer>.Create((a, b) => a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Number.CompareTo(b.Number)));
    private TimeSpan _now;
    private TimeSpan _wallShift;
    private long _lastNumber;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time that has passed.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>When the next timer is due; null: none is set.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_lock)
            {
                return _timers.Min?.Due;
            }
        }
    }

    /// <summary>How many timers are set.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return Start + _now + _wallShift;
        }
    }

    /// <summary>Sets the wall clock as an administrator would; no timer may notice.</summary>
    public void ShiftWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wallShift += by;
        }
    }

    /// <summary>Moves time on, and calls back every timer that is due on the way, also those that are set on the way.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (_lock)
        {
            target = _now + by;
        }

        while (true)
        {
            ManualTimer? due;
            lock (_lock)
            {
                due = _timers.Min is { } next && next.Due <= target ? next : null;
                if (due is null)
                {
                    _now = target;
                    return;
                }

                _timers.Remove(due);
                _now = due.Due > _now ? due.Due : _now;
                due.Rearm(_now);
            }

            due.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan Due { get; private set; }

        public long Number { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (owner._lock)
            {
                owner._timers.Remove(this);
                _period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                Due = owner._now + dueTime;
                Number = ++owner._lastNumber;
                if (dueTime > TimeSpan.Zero)
                {
                    owner._timers.Add(this);
                    return true;
                }

                Rearm(owner._now);
            }

            Fire();
            return true;
        }

        public void Fire() => callback(state);

        /// <summary>The owner's lock is held.</summary>
        public void Rearm(TimeSpan now)
        {
            if (_period > TimeSpan.Zero)
            {
                Due = now + _period;
                Number = ++owner._lastNumber;
                owner._timers.Add(this);
            }
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                _period = Timeout.InfiniteTimeSpan;
                owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
