using System.Globalization;

namespace Stack.Dashboard.Storage;

/// <summary>The SQL of <c>roll</c> and <c>template_roll</c> in meta.db; the caller has the transaction.</summary>
internal sealed class LogRollupTables(SqliteFile file) : IDisposable
{
    private static readonly string Time = $"CASE WHEN abs(id-ts)>{LogRollups.MaxSkewTicks} THEN id ELSE ts END";

    private readonly SqliteStatement _minute = file.Prepare(
        "INSERT INTO roll(minute, res, sev, n) VALUES(?,?,?,?) ON CONFLICT(minute, res, sev) DO UPDATE SET n=n+excluded.n");

    private readonly SqliteStatement _template = file.Prepare("""
        INSERT INTO template_roll(hour, template, res, sev, n, first, last) VALUES(?,?,?,?,?,?,?)
        ON CONFLICT(hour, template, res, sev) DO UPDATE SET n=n+excluded.n, first=min(first, excluded.first), last=max(last, excluded.last)
        """);

    public void Add(LogRollups rollups)
    {
        foreach (var (key, count) in rollups.Minutes)
        {
            _minute.Bind(1, key.Minute).Bind(2, key.Resource).Bind(3, key.Severity).Bind(4, count).Run();
        }

        foreach (var (key, count) in rollups.Templates)
        {
            _template.Bind(1, key.Hour).Bind(2, key.Template).Bind(3, key.Resource).Bind(4, key.Severity)
                .Bind(5, count.Count).Bind(6, count.First).Bind(7, count.Last).Run();
        }
    }

    /// <summary>Forgets what is at or after a time, to count it anew.</summary>
    public void DeleteFrom(long minute, long hour) => Execute($"DELETE FROM roll WHERE minute>={minute}; DELETE FROM template_roll WHERE hour>={hour}");

    /// <summary>Forgets what is older than anybody asks for.</summary>
    public void DeleteBefore(DateTimeOffset time) => Execute(
        $"DELETE FROM roll WHERE minute<{UnixTicks.Of(time) / LogRollups.MinuteTicks}; DELETE FROM template_roll WHERE hour<{UnixTicks.Of(time) / LogRollups.HourTicks}");

    public void Clear(long resource) => Execute($"DELETE FROM roll WHERE res={resource}; DELETE FROM template_roll WHERE res={resource}");

    /// <summary>Counts the rows of a segment that are of a time from the given ones on, or have a later id than the given one. Rows that are too old for that are not read: nothing listens yet.</summary>
    public static LogRollups Count(string path, long minute, long hour, long afterId, ClearedMarks cleared, long? ahead)
    {
        var counted = new LogRollups();
        using var segment = SqliteFile.OpenForReading(path);
        var source = $"FROM logs WHERE id>?3{cleared.Conditions()}";
        using (var rows = segment.Prepare($"""
            SELECT t/{LogRollups.MinuteTicks}, res, sev, count(*) FROM (SELECT {Time} AS t, res, sev, id {source})
            WHERE t/{LogRollups.MinuteTicks}>=?1 OR id>?2 GROUP BY 1, 2, 3
            """))
        {
            rows.Bind(1, minute).Bind(2, afterId).Bind(3, LastTooOld(minute, LogRollups.MinuteTicks, afterId, ahead));
            while (rows.Step())
            {
                counted.Add(new MinuteKey(rows.Number(0), rows.Number(1), (int)rows.Number(2)), rows.Number(3));
            }
        }

        using var templates = segment.Prepare($"""
            SELECT t/{LogRollups.HourTicks}, coalesce(template, 0), res, sev, count(*), min(t), max(t)
            FROM (SELECT {Time} AS t, template, res, sev, id {source}) WHERE t/{LogRollups.HourTicks}>=?1 OR id>?2 GROUP BY 1, 2, 3, 4
            """);
        templates.Bind(1, hour).Bind(2, afterId).Bind(3, LastTooOld(hour, LogRollups.HourTicks, afterId, ahead));
        while (templates.Step())
        {
            counted.Add(
                new TemplateKey(templates.Number(0), templates.Number(1), templates.Number(2), (int)templates.Number(3)),
                new TemplateCount(templates.Number(4), templates.Number(5), templates.Number(6)));
        }

        return counted;
    }

    // A row's time is later than its id by no more than clocks were ahead.
    private static long LastTooOld(long from, long ticks, long afterId, long? ahead) =>
        from > long.MaxValue / ticks ? afterId : ahead is { } most ? Math.Min(afterId, Math.Max(0, (from * ticks) - most - 1)) : 0;

    public void Dispose()
    {
        _minute.Dispose();
        _template.Dispose();
    }

    private void Execute(FormattableString sql) => file.Execute(sql.ToString(CultureInfo.InvariantCulture));
}
