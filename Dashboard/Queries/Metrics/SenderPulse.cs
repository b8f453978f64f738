using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>When one sender was heard: a value that does not change is left out for a minute, so a silent series alone says nothing of its sender.</summary>
/// <param name="First">The earliest point of any of its series in the segments that were read.</param>
/// <param name="Last">The latest.</param>
/// <param name="Interval">How often it sends.</param>
internal sealed record SenderPulse(long First, long Last, long Interval)
{
    private static readonly long Longest = TimeSpan.FromMinutes(10).Ticks;

    /// <summary>So long after a point its value still holds.</summary>
    public long Hold => SeriesSlot.Repeat.Ticks + (2 * Interval) + TimeSpan.TicksPerSecond;

    public SenderPulse Earlier(long first) => this with { First = Math.Min(First, first) };

    /// <summary>The usual pause between points: the median, so that a last flush at the end does not count.</summary>
    /// <param name="times">Of one series, newest first.</param>
    public static long? IntervalOf(IReadOnlyList<long> times)
    {
        if (times.Count < 2)
        {
            return null;
        }

        var pauses = times.Zip(times.Skip(1), (newer, older) => newer - older).Order().ToList();
        return Math.Clamp(pauses[(pauses.Count - 1) / 2], TimeSpan.TicksPerSecond / 2, Longest);
    }
}
