namespace Stack.ServiceDefaults.Requests;

/// <summary>Counts the requests that the replica is working on, health checks left out.</summary>
internal sealed class RequestsInFlight
{
    private int _inFlight;
    private int _longLived;

    /// <summary>Requests that will end by themselves.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>WebSockets and event streams: they end when somebody closes them, so that nobody should wait for it.</summary>
    public int LongLived => Volatile.Read(ref _longLived);

    public void Begin() => Interlocked.Increment(ref _inFlight);

    public void BecomeLongLived()
    {
        Interlocked.Increment(ref _longLived);
        Interlocked.Decrement(ref _inFlight);
    }

    public void End(bool longLived)
    {
        if (longLived)
        {
            Interlocked.Decrement(ref _longLived);
        }
        else
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
