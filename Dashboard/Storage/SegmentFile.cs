namespace Stack.Dashboard.Storage;

/// <summary>The segment that is being written: prepared inserts for every signal, one transaction at a time.</summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteStatement _log;
    private readonly SqliteStatement _span;
    private readonly SqliteStatement _point;
    private readonly SqliteStatement _run;
    private readonly SqliteStatement _description;

    private SegmentFile(SqliteFile file)
    {
        _file = file;
        Dictionary = new DictionaryTables(file);
        _log = file.Prepare("INSERT INTO logs(id, ts, sev, res, scope, tr, tr2, span, template, body, attrs) VALUES(?,?,?,?,?,?,?,?,?,?,?)");
        _span = file.Prepare("""
            INSERT INTO spans(id, tr, tr2, span, parent, res, scope, name, kind, start, dur, status, status_text, route, http_status, entry, attrs, events, links)
            VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
            """);
        _point = file.Prepare("INSERT OR REPLACE INTO points(series, t, value, exemplars) VALUES(?,?,?,?)");
        _run = file.Prepare("INSERT OR REPLACE INTO runs(series, t, start) VALUES(?,?,?)");
        _description = file.Prepare("INSERT OR IGNORE INTO descriptions(scope, name, text) VALUES(?,?,?)");
    }

    public string Path => _file.Path;

    public DictionaryTables Dictionary { get; }

    public bool InTransaction { get; private set; }

    // Trace ids come in no order: their index is written all over. It is held in memory, and pages that change again and again are moved from -wal to the file less often.
    private const int CacheKilobytes = 16_000;
    private const int PageBytes = 4096;
    private const int CheckpointShare = 8;
    private const int FewestCheckpointPages = 1000;

    /// <summary>Makes the file where there is none.</summary>
    /// <param name="path">Where.</param>
    /// <param name="pageLimit">How many pages it may have; 0: any number.</param>
    /// <param name="bytes">About how large it will be.</param>
    public static SegmentFile Open(string path, int pageLimit, long bytes = 0)
    {
        var file = SqliteFile.OpenForWriting(path);
        try
        {
            if (file.ReadNumber("PRAGMA user_version") == 0)
            {
                file.Execute("BEGIN IMMEDIATE;" + Schema.Segment + "COMMIT;");
            }

            file.Execute(Schema.Additions);
            file.Execute($"PRAGMA cache_size=-{CacheKilobytes}; PRAGMA wal_autocheckpoint={Math.Clamp(bytes / PageBytes / CheckpointShare, FewestCheckpointPages, int.MaxValue)}");
            if (pageLimit > 0)
            {
                file.Execute($"PRAGMA max_page_count={pageLimit}");
            }

            return new SegmentFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file has the tables of this version; one that is older is read, not written.</summary>
    public static bool IsCurrent(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            return true;
        }

        using var file = SqliteFile.OpenForReading(path);
        return file.ReadNumber("PRAGMA user_version") is 0 or Schema.Version;
    }

    public void Begin()
    {
        _file.Execute("BEGIN IMMEDIATE");
        InTransaction = true;
    }

    public void Commit()
    {
        _file.Execute("COMMIT");
        InTransaction = false;
    }

    public void Rollback()
    {
        if (InTransaction)
        {
            InTransaction = false;
            _file.TryRollback();
        }
    }

    public void Insert(LogRow row, long resource, long scope, long? template)
    {
        _log.Bind(1, row.Id).Bind(2, UnixTicks.Of(row.Time)).Bind(3, row.Severity).Bind(4, resource).Bind(5, scope)
            .Bind(6, HexId.ParseOrNull(row.TraceId, 0)).Bind(7, HexId.ParseOrNull(row.TraceId, 16)).Bind(8, HexId.ParseOrNull(row.SpanId))
            .Bind(9, template).Bind(10, row.Body).Bind(11, row.AttributesJson).Run();
    }

    public void Insert(long id, SpanRow row, long resource, long scope)
    {
        _span.Bind(1, id).Bind(2, HexId.Parse(row.TraceId.AsSpan(0, 16))).Bind(3, HexId.Parse(row.TraceId.AsSpan(16)))
            .Bind(4, HexId.Parse(row.SpanId)).Bind(5, HexId.ParseOrNull(row.ParentSpanId)).Bind(6, resource).Bind(7, scope)
            .Bind(8, row.Name).Bind(9, row.Kind).Bind(10, UnixTicks.Of(row.Start)).Bind(11, row.DurationNanoseconds)
            .Bind(12, row.Status).Bind(13, row.StatusMessage).Bind(14, row.Route).Bind(15, (long?)row.HttpStatus).Bind(16, row.IsEntry ? 1 : 0)
            .Bind(17, row.AttributesJson).Bind(18, row.EventsJson).Bind(19, row.LinksJson).Run();
    }

    public void Insert(PointRow row, long series)
    {
        _point.Bind(1, series).Bind(2, UnixTicks.Of(row.Time));
        if (row.Histogram is { } histogram)
        {
            _point.BindBlob(3, histogram);
        }
        else if (row.Real is { } real)
        {
            _point.Bind(3, real);
        }
        else
        {
            _point.Bind(3, row.Integer);
        }

        _point.Bind(4, row.ExemplarsJson).Run();
    }

    public void InsertRun(long series, DateTimeOffset time, DateTimeOffset start) =>
        _run.Bind(1, series).Bind(2, UnixTicks.Of(time)).Bind(3, UnixTicks.Of(start)).Run();

    public void InsertDescription(SeriesInfo series, string text) =>
        _description.Bind(1, series.Scope.Name).Bind(2, series.Name).Bind(3, text).Run();

    /// <summary>Moves what it can of -wal into the file, so that -wal is written from its beginning again. Nothing happens where the disk is full.</summary>
    public void Checkpoint()
    {
        try
        {
            _file.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (StoreException)
        {
            // What is in -wal is as safe there.
        }
    }

    public void Dispose()
    {
        Dictionary.Dispose();
        _log.Dispose();
        _span.Dispose();
        _point.Dispose();
        _run.Dispose();
        _description.Dispose();
        _file.Dispose();
    }
}
