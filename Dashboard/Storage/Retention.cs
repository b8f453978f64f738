using System.Collections.Concurrent;

namespace Stack.Dashboard.Storage;

/// <summary>Keeps the folder inside its budgets by deleting the oldest files whole, and seals segments that are no longer written.</summary>
internal sealed partial class Retention(
    StorageOptions options, Catalogue catalogue, SegmentReaders readers, TimeProvider time, ILogger<Retention> logger)
{
    // One hand on the files at a time: deleting, sealing and the writer's emergency deletion.
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<IDisposable> _rolled = new();

    /// <summary>Takes over a segment that was being written: it is closed off the writer's thread, because closing moves all of -wal into the file.</summary>
    public void Take(IDisposable rolled) => _rolled.Enqueue(rolled);

    /// <summary>Each minute, and after a segment was rolled over.</summary>
    public void Run()
    {
        lock (_gate)
        {
            CloseRolled();
            SealLeftovers();
            DeleteBadFiles();
            var doomed = RetentionPolicy.Choose(catalogue.Segments, OtherBytes(), FreeBytes(), time.GetUtcNow(), options);
            foreach (var file in doomed)
            {
                Delete(file);
            }
        }
    }

    /// <summary>Everything but the segment that is being written.</summary>
    public void DeleteAll()
    {
        lock (_gate)
        {
            CloseRolled();
            foreach (var segment in catalogue.Segments.SkipLast(1))
            {
                Delete(segment.File);
            }

            foreach (var bad in BadFiles())
            {
                bad.Delete();
            }
        }
    }

    /// <summary>The disk is full: the oldest goes, whatever the limits say. False = there is none but the one being written.</summary>
    public bool DeleteOldest()
    {
        lock (_gate)
        {
            // What is still open would keep its space.
            CloseRolled();
            if (catalogue.Segments is not [var oldest, _, ..])
            {
                return false;
            }

            Delete(oldest.File);
            return true;
        }
    }

    public void CloseRolled()
    {
        while (_rolled.TryDequeue(out var rolled))
        {
            rolled.Dispose();
        }
    }

    private void SealLeftovers()
    {
        foreach (var segment in catalogue.Segments.SkipLast(1).Where(segment => !segment.IsSealed))
        {
            var path = PathOf(segment.File);
            try
            {
                SegmentSeal.Run(path, readers, options.FullText);
                catalogue.Update(segment.File, known => known with { IsSealed = true, Bytes = SegmentPaths.Bytes(path) });
            }
            catch (StoreException e)
            {
                // Busy or full: it can be read as it is, and the next minute tries again.
                LogNotSealed(segment.File, e.Message);
            }
        }
    }

    private void Delete(string file)
    {
        SegmentPaths.Delete(PathOf(file));
        readers.Forget(file);
        catalogue.Remove(file);
        LogDeleted(file);
    }

    private void DeleteBadFiles()
    {
        var now = time.GetUtcNow();
        foreach (var bad in BadFiles())
        {
            if (now - new DateTimeOffset(bad.LastWriteTimeUtc) > options.MaxAge || FreeBytes() < options.MinFreeBytes
                || OtherBytes() + catalogue.Segments.Sum(segment => segment.Bytes) > options.MaxBytes)
            {
                bad.Delete();
            }
        }
    }

    // They are worth less than segments that can be read: they go first.
    private List<FileInfo> BadFiles() =>
        [.. new DirectoryInfo(options.Directory).EnumerateFiles("*.bad*").OrderBy(file => file.LastWriteTimeUtc)];

    private long OtherBytes() => new DirectoryInfo(options.Directory).EnumerateFiles()
        .Where(file => !file.Name.StartsWith("seg-", StringComparison.Ordinal) || file.Name.Contains(".bad", StringComparison.Ordinal))
        .Sum(file => file.Length);

    private long FreeBytes() => Volume.FreeBytes(options.Directory) ?? long.MaxValue;

    private string PathOf(string file) => Path.Combine(options.Directory, file);

    [LoggerMessage(7101, LogLevel.Information, "Segment '{File}' was deleted to keep the store inside its limits.")]
    private partial void LogDeleted(string file);

    [LoggerMessage(7102, LogLevel.Debug, "Segment '{File}' could not be sealed yet: {Reason}")]
    private partial void LogNotSealed(string file, string reason);
}
