using System.Globalization;

namespace Stack.Dashboard.Web.Components;

/// <summary>How the present user wants to see things, taken from the cookies that the settings of the page write.</summary>
public sealed record Viewer
{
    internal const string ThemeCookie = "stack-theme";
    internal const string ZoneCookie = "stack-tz";
    internal const string ChosenZoneCookie = "stack-zone";
    internal const string ClockCookie = "stack-clock";

    /// <summary><c>light</c> or <c>dark</c>; null follows the system.</summary>
    public string? Theme { get; init; }

    /// <summary>The user's time zone; UTC until a script has told it.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The zone that the user chose over the browser's; null = none.</summary>
    public string? ChosenZone { get; init; }

    /// <summary>Times of day with am and pm.</summary>
    public bool HasTwelveHours { get; init; }

    /// <summary>Whether there is a session to end.</summary>
    public bool CanSignOut { get; init; }

    /// <summary>Whether this user may also change something, not only read.</summary>
    public bool CanOperate { get; init; }

    /// <summary>Whether there is an AppHost to show states and console output of.</summary>
    public bool HasControl { get; init; }

    /// <summary>A time of day in the user's zone, to the second.</summary>
    public string Clock(DateTimeOffset time) => Local(time).ToString(HasTwelveHours ? "h:mm:ss tt" : "HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A time of day in the user's zone, to the millisecond.</summary>
    public string PreciseClock(DateTimeOffset time) => Local(time).ToString(HasTwelveHours ? "h:mm:ss.fff tt" : "HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Day and time of day in the user's zone, to the minute.</summary>
    public string Short(DateTimeOffset time) => Local(time).ToString(HasTwelveHours ? "MMM d h:mm tt" : "MMM d HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Date, time and offset.</summary>
    public string Full(DateTimeOffset time) => Local(time).ToString(HasTwelveHours ? "yyyy-MM-dd h:mm:ss.fff tt zzz" : "yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);

    internal static Viewer From(IRequestCookieCollection cookies) => new()
    {
        Theme = cookies[ThemeCookie] is "light" or "dark" ? cookies[ThemeCookie] : null,
        Zone = ZoneOf(cookies[ChosenZoneCookie]) ?? ZoneOf(cookies[ZoneCookie]) ?? TimeZoneInfo.Utc,
        ChosenZone = ZoneOf(cookies[ChosenZoneCookie])?.Id,
        HasTwelveHours = cookies[ClockCookie] is "12",
    };

    private static TimeZoneInfo? ZoneOf(string? name) =>
        name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);
}
