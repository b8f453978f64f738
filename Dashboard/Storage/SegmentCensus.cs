using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>Counts a segment file anew, for a catalogue that does not know it or lags behind it.</summary>
internal static class SegmentCensus
{
    // Below this everything is counted, which also puts right what a power cut took from the file but not from the catalogue.
    private const long Small = 32 << 20;

    /// <param name="path">The segment.</param>
    /// <param name="known">What the catalogue knows of it. Of a large file only the rows after that are counted: a start must not read hundreds of megabytes.</param>
    public static (SegmentInfo Info, IReadOnlyList<DictionaryEntry> Dictionary) Take(string path, SegmentInfo? known)
    {
        using var file = SqliteFile.OpenForReading(path);
        var bytes = SegmentPaths.Bytes(path);
        var info = known is not null && bytes > Small ? known : new SegmentInfo { File = Path.GetFileName(path) };
        var before = info;
        info = AddRows(file, info with { Logs = 0 }, "logs", "ts", before.MaxId);
        var logs = info.Logs;
        info = AddRows(file, info with { Logs = 0 }, "spans", "start", before.MaxId);
        info = info with
        {
            Logs = before.Logs + logs,
            Spans = before.Spans + info.Logs,
            Points = before.Points,
            Bytes = bytes,
            IsSealed = false,
        };
        info = ReferenceEquals(before, known) ? info : AddPoints(file, info);

        var resources = ImmutableDictionary.CreateBuilder<long, Signal>();
        var entries = new List<DictionaryEntry>();
        ReadDictionary(file, resources, entries);
        return (info with { Resources = resources.ToImmutable() }, entries);
    }

    private static SegmentInfo AddRows(SqliteFile file, SegmentInfo info, string table, string time, long afterId)
    {
        using var figures = file.Prepare($"SELECT min(id), max(id), min({time}), max({time}), max(id-{time}), count(*), max({time}-id) FROM {table} WHERE id>?");
        if (!figures.Bind(1, afterId).Step() || figures.IsNull(0))
        {
            return info;
        }

        return info with
        {
            MinId = info.MinId == 0 ? figures.Number(0) : Math.Min(info.MinId, figures.Number(0)),
            MaxId = Math.Max(info.MaxId, figures.Number(1)),
            MinTs = Math.Min(info.MinTs, figures.Number(2)),
            MaxTs = Math.Max(info.MaxTs, figures.Number(3)),
            MaxDelay = Math.Max(info.MaxDelay, figures.Number(4)),
            MaxAhead = info.MaxAhead is { } ahead ? Math.Max(ahead, figures.Number(6)) : null,
            Logs = figures.Number(5),
        };
    }

    // A point has no row id: when it arrived is not known.
    private static SegmentInfo AddPoints(SqliteFile file, SegmentInfo info)
    {
        using var figures = file.Prepare("SELECT count(*), min(t), max(t) FROM points");
        return figures.Step() && figures.Number(0) > 0
            ? info with
            {
                Points = figures.Number(0),
                MinTs = Math.Min(info.MinTs, figures.Number(1)),
                MaxTs = Math.Max(info.MaxTs, figures.Number(2)),
            }
            : info;
    }

    private static void ReadDictionary(SqliteFile file, ImmutableDictionary<long, Signal>.Builder resources, List<DictionaryEntry> entries)
    {
        foreach (var (entry, signals) in DictionaryTables.ReadResources(file))
        {
            resources[entry.Id] = signals;
        }

        entries.AddRange(DictionaryTables.ReadAll(file));
    }
}
