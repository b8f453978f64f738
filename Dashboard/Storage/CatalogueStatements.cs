using System.Collections.Immutable;

namespace Stack.Dashboard.Storage;

/// <summary>The SQL of meta.db.</summary>
internal sealed class CatalogueStatements(SqliteFile file) : IDisposable
{
    private readonly SqliteStatement _saveSegment = file.Prepare("""
        INSERT INTO segments(file, min_id, max_id, min_ts, max_ts, max_delay, logs, spans, points, bytes, sealed, max_ahead) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)
        ON CONFLICT(file) DO UPDATE SET min_id=excluded.min_id, max_id=excluded.max_id, min_ts=excluded.min_ts, max_ts=excluded.max_ts,
            max_delay=excluded.max_delay, logs=excluded.logs, spans=excluded.spans, points=excluded.points, bytes=excluded.bytes, sealed=excluded.sealed,
            max_ahead=excluded.max_ahead
        """);

    private readonly SqliteStatement _saveResource = file.Prepare(
        "INSERT INTO segment_resources(file, res, signals) VALUES(?,?,?) ON CONFLICT(file, res) DO UPDATE SET signals=excluded.signals");

    public ImmutableArray<SegmentInfo> ReadSegments()
    {
        var resources = new Dictionary<string, ImmutableDictionary<long, Signal>>();
        using (var rows = file.Prepare("SELECT file, res, signals FROM segment_resources"))
        {
            while (rows.Step())
            {
                var known = resources.GetValueOrDefault(rows.Text(0), ImmutableDictionary<long, Signal>.Empty);
                resources[rows.Text(0)] = known.SetItem(rows.Number(1), (Signal)rows.Number(2));
            }
        }

        var list = new SegmentList([]);
        using var segments = file.Prepare(
            "SELECT file, min_id, max_id, min_ts, max_ts, max_delay, logs, spans, points, bytes, sealed, max_ahead FROM segments");
        while (segments.Step())
        {
            list = list.With(new SegmentInfo
            {
                File = segments.Text(0),
                MinId = segments.Number(1),
                MaxId = segments.Number(2),
                MinTs = segments.Number(3),
                MaxTs = segments.Number(4),
                MaxDelay = segments.Number(5),
                Logs = segments.Number(6),
                Spans = segments.Number(7),
                Points = segments.Number(8),
                Bytes = segments.Number(9),
                IsSealed = segments.Number(10) != 0,
                MaxAhead = segments.IsNull(11) ? null : segments.Number(11),
                Resources = resources.GetValueOrDefault(segments.Text(0), ImmutableDictionary<long, Signal>.Empty),
            });
        }

        return list.Items;
    }

    public void Save(SegmentInfo segment, ImmutableDictionary<long, Signal>? savedResources)
    {
        _saveSegment.Bind(1, segment.File).Bind(2, segment.MinId).Bind(3, segment.MaxId).Bind(4, segment.MinTs).Bind(5, segment.MaxTs)
            .Bind(6, segment.MaxDelay).Bind(7, segment.Logs).Bind(8, segment.Spans).Bind(9, segment.Points).Bind(10, segment.Bytes)
            .Bind(11, segment.IsSealed ? 1 : 0).Bind(12, segment.MaxAhead).Run();
        if (ReferenceEquals(segment.Resources, savedResources))
        {
            return;
        }

        foreach (var (resource, signals) in segment.Resources)
        {
            if (savedResources is null || savedResources.GetValueOrDefault(resource) != signals)
            {
                _saveResource.Bind(1, segment.File).Bind(2, resource).Bind(3, (long)signals).Run();
            }
        }
    }

    public void Remove(string segment)
    {
        foreach (var table in (ReadOnlySpan<string>)["segments", "segment_resources"])
        {
            using var delete = file.Prepare($"DELETE FROM {table} WHERE file=?");
            delete.Bind(1, segment).Run();
        }

        file.Execute("""
            DELETE FROM series WHERE res NOT IN (SELECT res FROM segment_resources);
            DELETE FROM resources WHERE id NOT IN (SELECT res FROM segment_resources) AND id NOT IN (SELECT res FROM roll);
            DELETE FROM cleared WHERE res NOT IN (SELECT id FROM resources);
            """);
    }

    public List<KeyValuePair<long, long>> ReadCleared()
    {
        var marks = new List<KeyValuePair<long, long>>();
        using var rows = file.Prepare("SELECT res, before FROM cleared");
        while (rows.Step())
        {
            marks.Add(KeyValuePair.Create(rows.Number(0), rows.Number(1)));
        }

        return marks;
    }

    public void Clear(long resource, long before)
    {
        using var mark = file.Prepare("INSERT OR REPLACE INTO cleared(res, before) VALUES(?,?)");
        mark.Bind(1, resource).Bind(2, before).Run();
    }

    public void ForgetCleared() => file.Execute("DELETE FROM cleared");

    public string? ReadSetting(string name)
    {
        using var read = file.Prepare("SELECT value FROM settings WHERE name=?");
        return read.Bind(1, name).Step() ? read.Text(0) : null;
    }

    public void SaveSetting(string name, string value)
    {
        using var save = file.Prepare("INSERT OR REPLACE INTO settings(name, value) VALUES(?,?)");
        save.Bind(1, name).Bind(2, value).Run();
    }

    public void Dispose()
    {
        _saveSegment.Dispose();
        _saveResource.Dispose();
    }
}
