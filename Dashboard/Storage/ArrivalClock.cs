namespace Stack.Dashboard.Storage;

/// <summary>Gives row ids: the time of arrival, bumped where it would not rise (two rows in one tick, a clock set back, a restart after that).</summary>
internal sealed class ArrivalClock(TimeProvider time, long lastId)
{
    public long Last { get; private set; } = lastId;

    public long Next()
    {
        Last = Math.Max(UnixTicks.Of(time.GetUtcNow()), Last + 1);
        return Last;
    }
}
