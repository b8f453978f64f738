using System.Collections.Immutable;
using System.Globalization;

namespace Stack.Dashboard.Storage;

/// <summary>What the catalogue knows of one segment file; replaced, never changed.</summary>
internal sealed record SegmentInfo
{
    public required string File { get; init; }

    /// <summary>First and last row id; 0 while it is empty.</summary>
    public long MinId { get; init; }

    public long MaxId { get; init; }

    /// <summary>The senders' times, which may lie far outside of the ids when telemetry is filled in late.</summary>
    public long MinTs { get; init; } = long.MaxValue;

    public long MaxTs { get; init; } = long.MinValue;

    /// <summary>The longest way from a sender's time to its arrival, in ticks.</summary>
    public long MaxDelay { get; init; }

    /// <summary>How far a sender's clock was ahead at most: no row's time is later than its id by more ticks. Null: an earlier version did not keep it.</summary>
    public long? MaxAhead { get; init; } = 0;

    public long Logs { get; init; }

    public long Spans { get; init; }

    public long Points { get; init; }

    public long Bytes { get; init; }

    public bool IsSealed { get; init; }

    public ImmutableDictionary<long, Signal> Resources { get; init; } = ImmutableDictionary<long, Signal>.Empty;

    /// <summary>Whether a row of it can have a sender's time in the range.</summary>
    public bool MayHold(DateTimeOffset? from, DateTimeOffset? to) =>
        (from is not { } first || MaxTs >= UnixTicks.Of(first)) && (to is not { } end || MinTs < UnixTicks.Of(end));

    /// <summary><c>seg-20261122T081500-0007.db</c>: when it was begun, and a running number.</summary>
    public static string NameOf(DateTimeOffset begun, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"seg-{begun.UtcDateTime:yyyyMMdd'T'HHmmss}-{number:D4}.db");

    public static bool TryParseName(string file, out DateTimeOffset begun, out int number)
    {
        begun = default;
        number = 0;
        return file.StartsWith("seg-", StringComparison.Ordinal) && file.EndsWith(".db", StringComparison.Ordinal) && file.Length >= 27
            && DateTimeOffset.TryParseExact(
                file.AsSpan(4, 15), "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out begun)
            && int.TryParse(file.AsSpan(20, file.Length - 23), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
