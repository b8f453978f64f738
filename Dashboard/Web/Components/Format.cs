using System.Globalization;

namespace Stack.Dashboard.Web.Components;

/// <summary>Writes sizes and spans the way people say them.</summary>
internal static class Format
{
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:0} KB",
        < 1024L * 1024 * 1024 => $"{bytes / 1024.0 / 1024:0} MB",
        _ => $"{bytes / 1024.0 / 1024 / 1024:0.0} GB",
    };

    /// <summary>Two units at most; the script of the page (shell.js) counts on in the same form.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0s",
        { TotalMinutes: < 1 } => $"{span.Seconds}s",
        { TotalHours: < 1 } => $"{span.Minutes}m {span.Seconds:00}s",
        { TotalDays: < 1 } => $"{span.Hours}h {span.Minutes:00}m",
        _ => $"{(int)span.TotalDays}d {span.Hours:00}h",
    };

    /// <summary>How long something took, from ticks: as exact as it matters.</summary>
    public static string Duration(long ticks) => Math.Abs(ticks) switch
    {
        0 => "0 ms",
        < TimeSpan.TicksPerMillisecond / 10 => string.Create(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerMicrosecond:0.#} µs"),
        < TimeSpan.TicksPerMillisecond * 10 => string.Create(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerMillisecond:0.##} ms"),
        < TimeSpan.TicksPerMillisecond * 100 => string.Create(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerMillisecond:0.#} ms"),
        < TimeSpan.TicksPerSecond => string.Create(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerMillisecond:0} ms"),
        < TimeSpan.TicksPerMinute => string.Create(CultureInfo.InvariantCulture, $"{ticks / (double)TimeSpan.TicksPerSecond:0.##} s"),
        _ => Span(TimeSpan.FromTicks(ticks)),
    };
}
