namespace Stack.Hosting.Supervision;

/// <summary>One-shot timers of one replica that arrive as messages; one that was set anew or cancelled meanwhile no longer counts.</summary>
internal sealed class InstanceTimers(TimeProvider time, Action<InstanceMessage> post) : IDisposable
{
    private readonly Dictionary<InstanceTimer, (ITimer Timer, long Ticket)> _set = [];
    private long _lastTicket;

    public void Set(InstanceTimer timer, TimeSpan due)
    {
        Cancel(timer);
        var message = new InstanceMessage.TimerFired(timer, ++_lastTicket);
        _set[timer] = (time.CreateTimer(_ => post(message), null, due < TimeSpan.Zero ? TimeSpan.Zero : due, Timeout.InfiniteTimeSpan), message.Ticket);
    }

    public void Cancel(InstanceTimer timer)
    {
        if (_set.Remove(timer, out var set))
        {
            set.Timer.Dispose();
        }
    }

    public void Cancel(params ReadOnlySpan<InstanceTimer> timers)
    {
        foreach (var timer in timers)
        {
            Cancel(timer);
        }
    }

    /// <summary>True once for a timer that still counts.</summary>
    public bool Take(InstanceMessage.TimerFired fired)
    {
        if (!_set.TryGetValue(fired.Timer, out var set) || set.Ticket != fired.Ticket)
        {
            return false;
        }

        Cancel(fired.Timer);
        return true;
    }

    public void Dispose()
    {
        foreach (var (timer, _) in _set.Values)
        {
            timer.Dispose();
        }

        _set.Clear();
    }
}
