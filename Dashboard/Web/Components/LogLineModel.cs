using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>
/// One log record as a line of the list: the page's markup and the live stream's JSON are both made of it, so that a line looks the same
/// whether it was there at first or came later.
/// </summary>
public sealed record LogLineModel
{
    private const int MaxMessage = 600;

    /// <summary>Cursor; a string, because scripts lose the last digits of such a number.</summary>
    public required string Id { get; init; }

    public required string Time { get; init; }

    public required string FullTime { get; init; }

    public required string Iso { get; init; }

    /// <summary>trace, debug, information, warning, error, critical.</summary>
    public required string Level { get; init; }

    public required string LevelText { get; init; }

    public required string Replica { get; init; }

    public required int Hue { get; init; }

    /// <summary>As much as a line can show.</summary>
    public required string Message { get; init; }

    /// <summary>What the other columns hold, in their order.</summary>
    public required IReadOnlyList<string> Cells { get; init; }

    internal static LogLineModel From(LogRow row, Viewer viewer, IReadOnlyList<string> columns)
    {
        var level = Tone.OfSeverity(row.Severity);
        return new LogLineModel
        {
            Id = row.Id.ToString(CultureInfo.InvariantCulture),
            Time = viewer.PreciseClock(row.Time),
            FullTime = viewer.Full(row.Time),
            Iso = row.Time.UtcDateTime.ToString("O"),
            Level = level,
            LevelText = Capital(level),
            Replica = row.DisplayName,
            Hue = Tone.Hue(row.DisplayName),
            Message = Cut(row.Body),
            Cells = [.. LogColumn.Others(columns).Select(column => LogColumn.Value(row, column))],
        };
    }

    internal static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    // Not through the middle of a pair.
    private static string Cut(string text) =>
        text.Length <= MaxMessage ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxMessage - 1]) ? MaxMessage - 1 : MaxMessage), "…");
}
