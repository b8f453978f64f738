namespace Stack.Hosting.Observation;

// What is found at the start, and after a rotation that did not get to its end.
internal sealed partial class LogFile
{
    private void Recover()
    {
        try
        {
            _record = LogRecord.Load(RecordPath) ?? Rebuild();
            Settle();
            if (FileCalls.Stat(Path) is { } state)
            {
                Notice(state);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No folder yet, or none that may be read: the log is empty for us.
        }
    }

    /// <summary>Without a record the files alone are known; offsets begin anew with the oldest of them.</summary>
    private LogRecord Rebuild()
    {
        var archives = new List<LogArchive>();
        var end = 0L;
        foreach (var number in ArchiveNumbers().OrderDescending())
        {
            if (FileCalls.Stat(ArchivePath(number)) is { } state)
            {
                archives.Add(new LogArchive(end, state.Size, state.Identity, number, new DateTimeOffset(File.GetLastWriteTimeUtc(ArchivePath(number)))));
                end += state.Size;
            }
        }

        return new LogRecord { Base = end, Archives = archives };
    }

    /// <summary>Brings the record and the files together: archives are known by what they are, whatever their number, and a cut that was begun has happened or has not.</summary>
    private void Settle()
    {
        var files = _record.Archives.Count == 0 && _record.Cut is null ? [] : ArchiveNumbers().ToDictionary(n => n, n => FileCalls.Stat(ArchivePath(n)));
        var archives = _record.Archives.Select(a => Find(a, files)).OfType<LogArchive>().ToList();
        _record = archives.Count == 0 && _record.Archives.Count > 0 && files.Count > 0
            ? Rebuild()   // the folder is a copy: all its files are others
            : _record with { Archives = archives };
        if (_record.Cut is { } cut)
        {
            Settle(cut, cut.Archive is null ? null : Find(cut.Archive, files));
            TrySave();
        }

        File.Delete(DraftPath);
    }

    private void Settle(LogCut cut, LogArchive? archive)
    {
        if (HasHappened(cut, archive))
        {
            _record = _record.After(cut with { Archive = archive });
            return;
        }

        if (archive is not null)
        {
            File.Delete(ArchivePath(archive.Number));
        }

        _record = _record with { Cut = null };
    }

    private bool HasHappened(LogCut cut, LogArchive? archive)
    {
        using var active = Open(Path, FileAccess.ReadWrite);
        if (active is null || FileCalls.Stat(active) is var state && (state.Identity != _record.File || state.Size < cut.Size))
        {
            return true;
        }

        switch (cut.Way)
        {
            case HeadCutWay.Punch when archive is not null || cut.Archive is null:
                // A hole may be made twice.
                return FileCalls.TryPunch(active, 0, cut.To);
            case not HeadCutWay.Punch when archive is not null:
                using (var copy = Open(ArchivePath(archive.Number), FileAccess.Read))
                {
                    return copy is not null && !Begins(active, _record.Head, copy, archive.Length);
                }

            default:
                return false;
        }
    }

    private static bool Begins(Microsoft.Win32.SafeHandles.SafeFileHandle file, long position, Microsoft.Win32.SafeHandles.SafeFileHandle with, long length)
    {
        var (one, other) = (new byte[CopyBlock], new byte[CopyBlock]);
        for (var done = 0L; done < length;)
        {
            var read = RandomAccess.Read(with, other, done);
            if (read == 0 || RandomAccess.Read(file, one.AsSpan(0, read), position + done) != read || !one.AsSpan(0, read).SequenceEqual(other.AsSpan(0, read)))
            {
                return false;
            }

            done += read;
        }

        return true;
    }

    private static LogArchive? Find(LogArchive archive, Dictionary<int, FileState?> files)
    {
        // Where files have no identity, the number has to do.
        var number = archive.File == default ? archive.Number : files.FirstOrDefault(f => f.Value?.Identity == archive.File).Key;
        return files.GetValueOrDefault(number)?.Size == archive.Length ? archive with { Number = number } : null;
    }
}
