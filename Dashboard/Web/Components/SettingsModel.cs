using System.Globalization;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Queries.Export;
using Stack.Dashboard.Settings;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the page of settings and data says, put into words.</summary>
public sealed record SettingsModel
{
    /// <summary>What was done just now; null when the page was only opened.</summary>
    public string? Done { get; init; }

    public required IReadOnlyList<FigureModel> Figures { get; init; }

    public required IReadOnlyList<SignalRow> Signals { get; init; }

    public required IReadOnlyList<SenderRow> Senders { get; init; }

    /// <summary>Why senders were refused in the last five minutes.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    public required IReadOnlyList<SegmentRow> Segments { get; init; }

    public required IReadOnlyList<OptionRow> Options { get; init; }

    public required IReadOnlyList<TelemetryGroup> Resources { get; init; }

    public bool HasFullText { get; init; }

    /// <summary>Ids of the time zones that can be chosen.</summary>
    public required IReadOnlyList<string> Zones { get; init; }

    internal static IReadOnlyList<FigureModel> FiguresOf(StoreFigures store, StoreStatus status, QueueBudget queue, StorageOptions options) =>
    [
        new("Stored", Format.Bytes(store.Bytes), $"of {Format.Bytes(options.MaxBytes)}", (double)store.Bytes / options.MaxBytes),
        new("Free on the volume", store.FreeBytes is { } free ? Format.Bytes(free) : "unknown", $"at least {Format.Bytes(options.MinFreeBytes)} are left", null),
        new("History at the present rate", store.History is { } history ? Hours(history) : "–", store.History is null ? "nothing came in the last minute" : $"at most {Hours(options.MaxAge)}", null),
        new("Queue", Share(queue), $"{queue.Records:N0} of {queue.MaxRecords:N0} records", (double)queue.Records / queue.MaxRecords),
        new("Last commit", $"{status.LastCommit.TotalMilliseconds:0} ms", $"worst {status.WorstCommit.TotalMilliseconds:0} ms", null),
        new("Not stored", $"{status.Unstorable:N0}", "since the start: disk full, or beyond a cap", null, status.Unstorable > 0 ? Tone.Warn : null),
    ];

    internal static IReadOnlyList<SignalRow> SignalsOf(StoreFigures store) =>
    [
        SignalRow.Of("Logs", store.Logs), SignalRow.Of("Spans", store.Spans), SignalRow.Of("Points of metrics", store.Points),
    ];

    internal static IReadOnlyList<SenderRow> SendersOf(IEnumerable<IngestCount> counts) =>
    [
        .. counts.Select(count => new SenderRow(
            count.Instance, count.Signal.ToString(), count.Received, count.Refused, count.Cut, count.Unstorable, count.Skipped)),
    ];

    internal static IReadOnlyList<SegmentRow> SegmentsOf(StoreFigures store, StoreStatus status, Viewer viewer) =>
    [
        .. store.Segments.Reverse().Select((segment, index) => new SegmentRow(
            segment.File,
            segment.MinId == 0 ? "–" : viewer.Short(UnixTicks.ToTime(segment.MinId)),
            segment.MaxId == 0 ? "–" : viewer.Short(UnixTicks.ToTime(segment.MaxId)),
            segment.Logs, segment.Spans, segment.Points, Format.Bytes(segment.Bytes),
            status.Damaged.TryGetValue(segment.File, out var verdict) ? $"damaged: {verdict}" : index == 0 ? "being written" : segment.IsSealed ? "sealed" : "to be sealed",
            status.Damaged.ContainsKey(segment.File) ? Tone.Bad : index == 0 ? Tone.Busy : segment.IsSealed ? Tone.Good : Tone.Idle)),
        .. status.BadFiles.Select(file => new SegmentRow(file, "–", "–", 0, 0, 0, "–", "could not be read, put aside", Tone.Bad)),
    ];

    internal static IReadOnlyList<OptionRow> OptionsOf(StorageOptions options, IConfiguration configuration)
    {
        return
        [
            Row("Directory", options.Directory),
            Row("MaxBytes", Format.Bytes(options.MaxBytes)),
            Row("MaxAge", Hours(options.MaxAge)),
            Row("MinFreeBytes", Format.Bytes(options.MinFreeBytes)),
            Row("SegmentBytes", Format.Bytes(options.SegmentBytes)),
            Row("SegmentAge", Hours(options.SegmentAge)),
            Row("RollupAge", Hours(options.RollupAge)),
            Row("FullText", options.FullText ? "true" : "false"),
        ];

        OptionRow Row(string name, string value)
        {
            var key = "Dashboard:Storage:" + name;
            return new OptionRow(key, value, SettingOrigin.Of(configuration, key));
        }
    }

    internal static string Hours(TimeSpan span) => span.TotalHours switch
    {
        >= 48 => $"{span.TotalDays.ToString("0.#", CultureInfo.InvariantCulture)} days",
        >= 2 => $"{span.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} hours",
        _ => $"{span.TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} minutes",
    };

    private static string Share(QueueBudget queue)
    {
        var share = Math.Max((double)queue.Records / queue.MaxRecords, (double)queue.Bytes / queue.MaxBytes);
        return share.ToString("0 %", CultureInfo.InvariantCulture);
    }
}

/// <summary>A number with its name.</summary>
/// <param name="Share">From 0 to 1, for a bar; null = none.</param>
public sealed record FigureModel(string Name, string Value, string Note, double? Share, string? Tone = null);

/// <summary>One signal in the store.</summary>
public sealed record SignalRow(string Name, string Rate, string Rows, string Bytes)
{
    internal static SignalRow Of(string name, SignalFigures figures) => new(
        name, figures.PerSecond.ToString(figures.PerSecond < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture), $"{figures.Rows:N0}", Format.Bytes(figures.Bytes));
}

/// <summary>What one sender sent of one signal.</summary>
public sealed record SenderRow(string Instance, string Signal, long Received, long Refused, long Cut, long Unstorable, long Skipped)
{
    public bool HasLoss => Refused + Cut + Unstorable + Skipped > 0;
}

/// <summary>One file of the store.</summary>
public sealed record SegmentRow(string File, string From, string To, long Logs, long Spans, long Points, string Bytes, string State, string Tone);

/// <summary>An option in force.</summary>
public sealed record OptionRow(string Key, string Value, string Origin);
