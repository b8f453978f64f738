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

    /// <summary>Counts the rows of a segment that are of a time from the given ones on, or have a later id than the given one. Of rows that are too old for that none is read.</summary>
    public static LogRollups Count(string path, RollupRange range, ClearedMarks cleared, CancellationToken stopping)
    {
        var counted = new LogRollups();
        using var segment = SqliteFile.OpenForReading(path);
        using var interrupt = stopping.Register(segment.Interrupt);
        var source = $"FROM logs WHERE id>?3 AND id<=?4{cleared.Conditions()}";
        using (var rows = segment.Prepare($"""
            SELECT t/{LogRollups.MinuteTicks}, res, sev, count(*) FROM (SELECT {Time} AS t, res, sev, id {source})
            WHERE t/{LogRollups.MinuteTicks}>=?1 OR id>?2 GROUP BY 1, 2, 3
            """))
        {
            rows.Bind(1, range.Minute).Bind(2, range.AfterId).Bind(3, range.LastTooOld(range.Minute, LogRollups.MinuteTicks)).Bind(4, range.LastId);
            while (rows.Step())
            {
                counted.Add(new MinuteKey(rows.Number(0), rows.Number(1), (int)rows.Number(2)), rows.Number(3));
            }
        }

        using var templates = segment.Prepare($"""
            SELECT t/{LogRollups.HourTicks}, coalesce(template, 0), res, sev, count(*), min(t), max(t)
            FROM (SELECT {Time} AS t, template, res, sev, id {source}) WHERE t/{LogRollups.HourTicks}>=?1 OR id>?2 GROUP BY 1, 2, 3, 4
            """);
        templates.Bind(1, range.Hour).Bind(2, range.AfterId).Bind(3, range.LastTooOld(range.Hour, LogRollups.HourTicks)).Bind(4, range.LastId);
        while (templates.Step())
        {
            counted.Add(
                new TemplateKey(templates.Number(0), templates.Number(1), templates.Number(2), (int)templates.Number(3)),
                new TemplateCount(templates.Number(4), templates.Number(5), templates.Number(6)));
        }

        return counted;
    }

    public void Dispose()
    {
        _minute.Dispose();
        _template.Dispose();
    }

    private void Execute(FormattableString sql) => file.Execute(sql.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Which rows of a segment are counted anew: of the given minute (of the given hour, by template) and later, or with a later id; none after the last one.</summary>
internal readonly record struct RollupRange(long Minute, long Hour, long AfterId, long LastId, long? Ahead)
{
    /// <summary>A row's time is later than its id by no more than clocks were ahead.</summary>
    public long LastTooOld(long from, long ticks) =>
        from > long.MaxValue / ticks ? AfterId : Ahead is { } most ? Math.Min(AfterId, Math.Max(0, (from * ticks) - most - 1)) : 0;
}
