namespace Stack.Dashboard.Storage;

/// <summary>The tables of a segment and of meta.db. An older segment stays readable as it is; it is never migrated.</summary>
internal static class Schema
{
    public const int Version = 1;

    // Each segment carries the rows of these tables that it uses, so that it can be read, moved or imported alone.
    private const string Dictionary = """
        CREATE TABLE resources(id INTEGER PRIMARY KEY, service TEXT NOT NULL, instance TEXT, display TEXT NOT NULL, attrs TEXT NOT NULL,
            hash TEXT NOT NULL UNIQUE, signals INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE scopes(id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        CREATE TABLE templates(id INTEGER PRIMARY KEY, text TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        CREATE TABLE series(id INTEGER PRIMARY KEY, res INTEGER NOT NULL, scope INTEGER NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
            type TEXT NOT NULL, attrs TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
        """;

    public const string Segment = Dictionary + """
        CREATE TABLE logs(id INTEGER PRIMARY KEY, ts INTEGER NOT NULL, sev INTEGER NOT NULL, res INTEGER NOT NULL, scope INTEGER NOT NULL,
            tr INTEGER, tr2 INTEGER, span INTEGER, template INTEGER, body TEXT NOT NULL, attrs TEXT NOT NULL);
        CREATE INDEX logs_res ON logs(res);
        CREATE INDEX logs_tr ON logs(tr) WHERE tr IS NOT NULL;
        CREATE INDEX logs_errors ON logs(id) WHERE sev>=17;
        CREATE TABLE spans(id INTEGER PRIMARY KEY, tr INTEGER NOT NULL, tr2 INTEGER NOT NULL, span INTEGER NOT NULL, parent INTEGER,
            res INTEGER NOT NULL, scope INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, start INTEGER NOT NULL, dur INTEGER NOT NULL,
            status INTEGER NOT NULL, status_text TEXT, route TEXT, http_status INTEGER, entry INTEGER NOT NULL,
            attrs TEXT NOT NULL, events TEXT, links TEXT);
        CREATE INDEX spans_tr ON spans(tr);
        CREATE INDEX spans_res ON spans(res);
        CREATE INDEX spans_errors ON spans(id) WHERE status=2;
        CREATE INDEX spans_entries ON spans(id) WHERE entry=1;
        CREATE TABLE points(series INTEGER NOT NULL, t INTEGER NOT NULL, value, exemplars TEXT, PRIMARY KEY(series, t)) WITHOUT ROWID;
        PRAGMA user_version=1;
        """;

    // What came later to meta.db, which lives on over versions.
    public const string MetaAdditions = """
        CREATE TABLE IF NOT EXISTS cleared(res INTEGER PRIMARY KEY, before INTEGER NOT NULL);
        """;

    // Null in segments of before.
    public const string HasMaxAhead = "SELECT count(*) FROM pragma_table_info('segments') WHERE name='max_ahead'";
    public const string AddMaxAhead = "ALTER TABLE segments ADD COLUMN max_ahead INTEGER";

    /// <summary>
    /// What a segment that an earlier version began may lack; it changes nothing that is there. <c>runs</c>: the point at <c>t</c> is the first one that
    /// its sender counted from <c>start</c> on.
    /// </summary>
    public const string Additions = """
        CREATE TABLE IF NOT EXISTS runs(series INTEGER NOT NULL, t INTEGER NOT NULL, start INTEGER NOT NULL, PRIMARY KEY(series, t)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS descriptions(scope TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(scope, name)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS points_exemplars ON points(series, t) WHERE exemplars IS NOT NULL;
        """;

    public const string Meta = Dictionary + """
        CREATE TABLE segments(file TEXT PRIMARY KEY, min_id INTEGER NOT NULL, max_id INTEGER NOT NULL, min_ts INTEGER NOT NULL, max_ts INTEGER NOT NULL,
            max_delay INTEGER NOT NULL, logs INTEGER NOT NULL, spans INTEGER NOT NULL, points INTEGER NOT NULL, bytes INTEGER NOT NULL, sealed INTEGER NOT NULL);
        CREATE TABLE segment_resources(file TEXT NOT NULL, res INTEGER NOT NULL, signals INTEGER NOT NULL, PRIMARY KEY(file, res)) WITHOUT ROWID;
        CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        PRAGMA user_version=1;
        """;

    // Added to what an older version has made.
    public const string Rollups = """
        CREATE TABLE IF NOT EXISTS senders(id INTEGER PRIMARY KEY, service TEXT NOT NULL, instance TEXT, display TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS routes(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS requests(kind INTEGER NOT NULL, step INTEGER NOT NULL, route INTEGER NOT NULL, at INTEGER NOT NULL, sender INTEGER NOT NULL,
            class INTEGER NOT NULL, n REAL NOT NULL, durations BLOB, PRIMARY KEY(kind, step, route, at, sender, class)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS usage(step INTEGER NOT NULL, at INTEGER NOT NULL, sender INTEGER NOT NULL, measure INTEGER NOT NULL,
            n INTEGER NOT NULL, sum REAL NOT NULL, max REAL NOT NULL, PRIMARY KEY(step, at, sender, measure)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS request_series(hash TEXT PRIMARY KEY, sender TEXT NOT NULL, start INTEGER NOT NULL, at INTEGER NOT NULL,
            value REAL NOT NULL, point BLOB) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS roll(minute INTEGER NOT NULL, res INTEGER NOT NULL, sev INTEGER NOT NULL, n INTEGER NOT NULL,
            PRIMARY KEY(minute, res, sev)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS template_roll(hour INTEGER NOT NULL, template INTEGER NOT NULL, res INTEGER NOT NULL, sev INTEGER NOT NULL,
            n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(hour, template, res, sev)) WITHOUT ROWID;
        """;
}
