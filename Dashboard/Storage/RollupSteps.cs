namespace Stack.Dashboard.Storage;

/// <summary>The lengths of time that figures are added up for, and how long each is kept. In ticks of 100 ns.</summary>
internal static class RollupSteps
{
    public const long Second = TimeSpan.TicksPerSecond;

    /// <summary>What is live: a site with ServiceDefaults sends its figures this often.</summary>
    public const long Live = 5 * Second;
    public const long Minute = 60 * Second;
    public const long TenMinutes = 600 * Second;
    public const long Hour = 3600 * Second;

    public static readonly long[] All = [Live, Minute, TenMinutes, Hour];

    /// <summary>Those that are also kept by route.</summary>
    public static readonly long[] ByRoute = [Minute, Hour];

    /// <summary>How long the figures of one route are kept by the minute.</summary>
    public static readonly TimeSpan RouteMinutes = TimeSpan.FromHours(6);

    public static TimeSpan Kept(long step, TimeSpan rollupAge) => step switch
    {
        Live => TimeSpan.FromMinutes(20),
        Hour => rollupAge,
        _ => TimeSpan.FromHours(48),
    };

    public static long Floor(long ticks, long step) => ticks - (((ticks % step) + step) % step);
}
