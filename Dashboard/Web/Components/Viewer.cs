namespace Stack.Dashboard.Web.Components;

/// <summary>How the present user wants to see things, taken from the cookies that the settings of the page write.</summary>
public sealed record Viewer
{
    internal const string ThemeCookie = "stack-theme";
    internal const string ZoneCookie = "stack-tz";

    /// <summary><c>light</c> or <c>dark</c>; null follows the system.</summary>
    public string? Theme { get; init; }

    /// <summary>The user's time zone; UTC until a script has told it.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether there is a session to end.</summary>
    public bool CanSignOut { get; init; }

    /// <summary>Whether this user may also change something, not only read.</summary>
    public bool CanOperate { get; init; }

    /// <summary>Whether there is an AppHost to show states and console output of.</summary>
    public bool HasControl { get; init; }

    /// <summary>A time of day in the user's zone, to the second.</summary>
    public string Clock(DateTimeOffset time) => Local(time).ToString("HH:mm:ss");

    /// <summary>A time of day in the user's zone, to the millisecond.</summary>
    public string PreciseClock(DateTimeOffset time) => Local(time).ToString("HH:mm:ss.fff");

    /// <summary>Day and time of day in the user's zone, to the minute.</summary>
    public string Short(DateTimeOffset time) => Local(time).ToString("MMM d HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Date, time and offset.</summary>
    public string Full(DateTimeOffset time) => Local(time).ToString("yyyy-MM-dd HH:mm:ss.fff zzz");

    internal static Viewer From(IRequestCookieCollection cookies) => new()
    {
        Theme = cookies[ThemeCookie] is "light" or "dark" ? cookies[ThemeCookie] : null,
        Zone = cookies[ZoneCookie] is { Length: > 0 and < 64 } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc,
    };

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);
}
