namespace Stack.Dashboard.Storage;

/// <summary>
/// Brings folder and catalogue into agreement at the start: empty files go, files that do not open are put aside, files that the catalogue does not know
/// (or knows too little of, after a crash) are counted.
/// </summary>
internal sealed partial class Recovery(StorageOptions options, StoreStatus status, ILogger<Recovery> logger)
{
    /// <summary>What is left to do in the background; null: nothing.</summary>
    public RollupRecovery? Counting { get; private set; }

    public Catalogue Run()
    {
        var catalogue = OpenCatalogue();
        try
        {
            foreach (var left in Directory.EnumerateFiles(options.Directory, "copy-*.tmp*").ToList())
            {
                // Of a back-up that was cut short.
                File.Delete(left);
            }

            var files = Directory.EnumerateFiles(options.Directory, "seg-*.db").Select(path => Path.GetFileName(path)).ToHashSet();
            var counted = catalogue.Segments.ToDictionary(segment => segment.File, segment => segment.MaxId);
            foreach (var known in catalogue.Segments)
            {
                if (!files.Contains(known.File))
                {
                    catalogue.Remove(known.File);
                }
            }

            foreach (var file in files.Order(StringComparer.Ordinal))
            {
                Check(catalogue, file);
            }

            var counting = new RollupRecovery(options.Directory, catalogue, counted, isClean: catalogue.Setting("clean") == "1");
            Counting = counting.Begin() ? counting : null;
            return catalogue;
        }
        catch
        {
            catalogue.Dispose();
            throw;
        }
    }

    private Catalogue OpenCatalogue()
    {
        var path = Path.Combine(options.Directory, "meta.db");
        try
        {
            return Catalogue.Open(path);
        }
        catch (StoreException e) when (e.IsBrokenFile)
        {
            // Everything in it that matters is in the segments too.
            SetAside(path, e.Message);
            return Catalogue.Open(path);
        }
    }

    private void Check(Catalogue catalogue, string file)
    {
        var path = Path.Combine(options.Directory, file);
        if (IsEmpty(path))
        {
            SegmentPaths.Delete(path);
            catalogue.Remove(file);
            LogEmpty(file);
            return;
        }

        try
        {
            var known = catalogue.Segments.FirstOrDefault(segment => segment.File == file);
            if (known is { IsSealed: true } && IsReadable(path))
            {
                return;
            }

            var (info, dictionary) = SegmentCensus.Take(path, known);
            catalogue.Commit(info, dictionary);
        }
        catch (StoreException e)
        {
            catalogue.Remove(file);
            SetAside(path, e.Message);
        }
    }

    // What a full disk leaves of a file that could not be made. Rows may still be in -wal alone.
    private static bool IsEmpty(string path) =>
        new FileInfo(path).Length == 0 && (!File.Exists(path + "-wal") || new FileInfo(path + "-wal").Length == 0);

    private static bool IsReadable(string path)
    {
        using var file = SqliteFile.OpenForReading(path);
        return file.ReadNumber("SELECT count(*) FROM (SELECT 1 FROM logs LIMIT 1)") >= 0;
    }

    private void SetAside(string path, string reason)
    {
        var bad = Path.GetFileName(SegmentPaths.SetAside(path));
        status.RecordBadFile(bad);
        LogBad(bad, reason);
    }

    [LoggerMessage(7121, LogLevel.Warning, "The empty segment '{File}' was removed; a full disk had kept it from being made.")]
    private partial void LogEmpty(string file);

    [LoggerMessage(7122, LogLevel.Error, "A file of the store cannot be read and was put aside as '{File}'; what is in it is not shown. Cause: {Reason}")]
    private partial void LogBad(string file, string reason);
}
