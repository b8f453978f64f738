using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A span of time on the steps of the roll-ups, in equal parts for small charts. Ticks of 100 ns since 1970.</summary>
internal sealed record OverviewWindow
{
    private static readonly (long Length, long Step, long Part)[] Grades =
    [
        (RollupSteps.Minute, RollupSteps.Live, RollupSteps.Live),
        (5 * RollupSteps.Minute, RollupSteps.Live, 2 * RollupSteps.Live),
        (15 * RollupSteps.Minute, RollupSteps.Live, 6 * RollupSteps.Live),
        (RollupSteps.Hour, RollupSteps.Minute, 2 * RollupSteps.Minute),
        (6 * RollupSteps.Hour, RollupSteps.TenMinutes, RollupSteps.TenMinutes),
        (24 * RollupSteps.Hour, RollupSteps.TenMinutes, 3 * RollupSteps.TenMinutes),
        (7 * 24 * RollupSteps.Hour, RollupSteps.Hour, 4 * RollupSteps.Hour),
    ];

    public required long From { get; init; }

    /// <summary>The end of the last part; it may be a little ahead of now.</summary>
    public required long To { get; init; }

    /// <summary>Up to here figures can have come in.</summary>
    public required long Now { get; init; }

    public required long Step { get; init; }

    public required long Part { get; init; }

    public int Parts => (int)((To - From) / Part);

    public static OverviewWindow Of(DateTimeOffset from, DateTimeOffset to, DateTimeOffset now)
    {
        var end = Math.Min(UnixTicks.Of(to), UnixTicks.Of(now));
        var length = Math.Max(RollupSteps.Minute, UnixTicks.Of(to) - UnixTicks.Of(from));
        var kept = UnixTicks.Of(now) - (end - length);
        var grade = Grades.FirstOrDefault(g => length <= g.Length && kept <= RollupSteps.Kept(g.Step, TimeSpan.MaxValue).Ticks, Grades[^1]);
        if (grade.Step == RollupSteps.Live)
        {
            // What is on its way yet would make the last part look like a drop.
            end = RollupSteps.Floor(end - RollupSteps.Live, RollupSteps.Live);
        }

        var part = Math.Max(grade.Part, RollupSteps.Floor((length / 48) + grade.Step - 1, grade.Step));
        var last = RollupSteps.Floor(end + grade.Step - 1, grade.Step);
        var parts = Math.Max(1, (length + part - 1) / part);
        return new OverviewWindow { From = last - (parts * part), To = last, Now = end, Step = grade.Step, Part = part };
    }

    public int PartOf(long at) => (int)Math.Clamp((at - From) / Part, 0, Parts - 1);

    /// <summary>How many seconds of a part have passed.</summary>
    public double SecondsOf(int part) => Seconds(From + (part * Part), From + ((part + 1) * Part));

    /// <summary>The seconds between two times that lie in the window and have passed.</summary>
    public double Seconds(long from, long to) => Math.Max(0, Math.Min(to, Now) - Math.Max(from, From)) / (double)RollupSteps.Second;
}
