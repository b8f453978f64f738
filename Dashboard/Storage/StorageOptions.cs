namespace Stack.Dashboard.Storage;

/// <summary>Where telemetry is kept, and how much of it (<c>Dashboard:Storage</c>).</summary>
internal sealed record StorageOptions
{
    public string Directory { get; init; } = Path.Combine(".stack", "telemetry");

    /// <summary>All files together; the oldest segments go first. In production a tenth of the volume, unless it is set.</summary>
    public long MaxBytes { get; init; } = 2L << 30;

    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>What is left free on the volume, whatever <see cref="MaxBytes"/> says.</summary>
    public long MinFreeBytes { get; init; } = 512L << 20;

    /// <summary>A segment is sealed and a new one opened at this size …</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>… or at this age.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromHours(6);

    /// <summary>An index of the words in log bodies, built when a segment is sealed: finds whole words at once, takes 15–18 % more disk.</summary>
    public bool FullText { get; init; }

    /// <summary>How long the figures of instances and the counts of log records are kept by the hour; by the minute they are for 48 hours.</summary>
    public TimeSpan RollupAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Rows in the live ring.</summary>
    public int RingRows { get; init; } = 10_000;

    public long RingBytes { get; init; } = 48L << 20;

    /// <summary>What production takes of a volume: a tenth, at least 2 GiB, at most 50.</summary>
    public static long ShareOf(long? volumeBytes) => Math.Clamp((volumeBytes ?? 0) / 10, 2L << 30, 50L << 30);

    /// <summary>SQLite's max_page_count of each segment: what a full disk looks like. Tests only.</summary>
    public int SegmentPageLimit { get; init; }
}
