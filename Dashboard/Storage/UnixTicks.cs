namespace Stack.Dashboard.Storage;

/// <summary>Time as stored: 100 ns ticks since 1970.</summary>
internal static class UnixTicks
{
    public static long Of(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    public static DateTimeOffset ToTime(long ticks) => new(ticks + DateTimeOffset.UnixEpoch.Ticks, TimeSpan.Zero);

    public static DateTimeOffset FromNanoseconds(ulong nanoseconds) => ToTime((long)(nanoseconds / 100));
}
