using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>A range of time in equal parts. The parts stand still while the range goes on: their width is round and they begin at multiples of it.</summary>
/// <param name="From">In ticks since 1970, as all times here.</param>
/// <param name="Width">Of one part.</param>
/// <param name="Parts">How many there are.</param>
internal sealed record TimeAxis(long From, long Width, int Parts)
{
    public const int MostParts = 180;

    private static readonly int[] RoundSeconds =
        [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

    public long To => From + (Width * Parts);

    /// <summary>The last part may still be going on.</summary>
    public static TimeAxis Over(DateTimeOffset from, DateTimeOffset to)
    {
        var length = Math.Max(TimeSpan.TicksPerSecond, (to - from).Ticks);
        var wanted = (double)length / MostParts / TimeSpan.TicksPerSecond;
        var seconds = RoundSeconds.FirstOrDefault(round => round >= wanted - 1e-6, (int)Math.Min(int.MaxValue, Math.Ceiling(wanted / 86_400) * 86_400));
        var width = seconds * TimeSpan.TicksPerSecond;
        var parts = (int)Math.Max(1, length / width);
        var end = (UnixTicks.Of(to) + width - 1) / width * width;
        return new TimeAxis(end - (parts * width), width, parts);
    }

    public long StartOf(int part) => From + (part * Width);

    /// <summary>May be outside of the axis.</summary>
    public int PartOf(long time) => (int)Math.Clamp(Math.Floor((double)(time - From) / Width), -1_000_000, 1_000_000);
}
