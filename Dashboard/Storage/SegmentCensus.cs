using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>Counts a segment file anew, for a catalogue that does not know it or lags behind it.</summary>
internal static class SegmentCensus
{
    public static (SegmentInfo Info, IReadOnlyList<DictionaryEntry> Dictionary) Take(string path, bool isSealed)
    {
        using var file = SqliteFile.OpenForReading(path);
        var info = new SegmentInfo { File = Path.GetFileName(path), IsSealed = isSealed, Bytes = SegmentPaths.Bytes(path) };
        info = AddRows(file, info, "logs", "ts");
        var logs = info.Logs;
        info = AddRows(file, info with { Logs = 0 }, "spans", "start");
        info = info with { Spans = info.Logs, Logs = logs, Points = file.ReadNumber("SELECT count(*) FROM points") };

        var resources = ImmutableDictionary.CreateBuilder<long, Signal>();
        var entries = new List<DictionaryEntry>();
        ReadDictionary(file, resources, entries);
        return (info with { Resources = resources.ToImmutable() }, entries);
    }

    private static SegmentInfo AddRows(SqliteFile file, SegmentInfo info, string table, string time)
    {
        using var figures = file.Prepare($"SELECT min(id), max(id), min({time}), max({time}), max(id-{time}), count(*) FROM {table}");
        if (!figures.Step() || figures.IsNull(0))
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
            Logs = figures.Number(5),
        };
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
