using System.Globalization;

namespace Stack.Dashboard.Web.Components;

/// <summary>The span of time that a page shows, as it stands in the URL: <c>range=1h</c>, which goes on, or <c>from</c> and <c>to</c>, which stand still.</summary>
public sealed record TimeRange
{
    /// <summary>What the picker offers, shortest first.</summary>
    internal static readonly IReadOnlyList<(string Key, string Text, TimeSpan Length)> Offered =
    [
        ("1m", "Last minute", TimeSpan.FromMinutes(1)),
        ("5m", "Last 5 minutes", TimeSpan.FromMinutes(5)),
        ("15m", "Last 15 minutes", TimeSpan.FromMinutes(15)),
        ("1h", "Last hour", TimeSpan.FromHours(1)),
        ("6h", "Last 6 hours", TimeSpan.FromHours(6)),
        ("24h", "Last 24 hours", TimeSpan.FromHours(24)),
        ("7d", "Last 7 days", TimeSpan.FromDays(7)),
    ];

    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>The key of a range that ends now; null when it stands still.</summary>
    public string? Relative { get; init; }

    /// <summary>Whether the URL named one; else it is the page's own choice.</summary>
    public bool IsChosen { get; init; }

    public TimeSpan Length => To - From;

    /// <summary>The range as a part of a query string, without <c>?</c> or <c>&amp;</c>.</summary>
    public string Query => Relative is { } key
        ? $"range={key}"
        : string.Create(CultureInfo.InvariantCulture, $"from={From.ToUnixTimeMilliseconds()}&to={To.ToUnixTimeMilliseconds()}");

    /// <summary>What cannot be read counts as not given: a link that was cut still shows something.</summary>
    /// <param name="range">A key that is offered; wins over the others.</param>
    /// <param name="from">ISO 8601, UTC when it names no offset, or milliseconds since 1970.</param>
    /// <param name="to">As <paramref name="from"/>; not given: now.</param>
    /// <param name="now">The end of a relative range.</param>
    /// <param name="otherwise">The key to use when nothing is given.</param>
    public static TimeRange Parse(string? range, string? from, string? to, DateTimeOffset now, string otherwise)
    {
        if (Find(range) is { } chosen)
        {
            return Ending(now, chosen) with { IsChosen = true };
        }

        var end = Time(to) ?? now;
        return Time(from) is { } start && start < end
            ? new TimeRange { From = start, To = end, IsChosen = true }
            : Ending(now, Find(otherwise) ?? throw new ArgumentException($"'{otherwise}' is no range that is offered.", nameof(otherwise)));
    }

    /// <summary>The words that tell the range apart, for headings and the picker.</summary>
    public string Text(Viewer viewer) => Relative is { } key
        ? Offered.First(o => o.Key == key).Text
        : $"{viewer.Short(From)} – {viewer.Short(To)}";

    private static TimeRange Ending(DateTimeOffset now, (string Key, string Text, TimeSpan Length) range) =>
        new() { From = now - range.Length, To = now, Relative = range.Key };

    private static (string Key, string Text, TimeSpan Length)? Find(string? key) =>
        Offered.FirstOrDefault(o => o.Key.Equals(key, StringComparison.OrdinalIgnoreCase)) is { Key: not null } found ? found : null;

    private static DateTimeOffset? Time(string? text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return milliseconds <= Latest.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time < Latest
            ? time
            : null;
    }
}
