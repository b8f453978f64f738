using Microsoft.Win32.SafeHandles;

namespace Stack.Hosting.Observation;

// Rotation and what is given up; called by the loop of LogRotation only.
internal sealed partial class LogFile
{
    private const int CopyBlock = 256 * 1024;

    private const UnixFileMode ArchiveMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private string DraftPath => $"{Path}.new";

    /// <summary>
    /// Moves the oldest bytes of the active file into <c>site-8001.log.1</c>; the archives before it get the next number. The processes that write notice nothing. Gives the bytes that were lost, which is
    /// only possible where the file has to be emptied as a whole.
    /// </summary>
    /// <param name="length">How many bytes; they are rounded down to whole blocks, but not below one.</param>
    /// <param name="backups">Archives to keep, 1 or more.</param>
    /// <param name="cutter">Cuts them off.</param>
    /// <param name="now">Date of the archive.</param>
    /// <exception cref="IOException">It failed and is to be tried again; nothing is lost.</exception>
    public long Rotate(long length, int backups, HeadCut cutter, DateTimeOffset now)
    {
        using var active = Open(Path, FileAccess.ReadWrite);
        if (active is null)
        {
            return 0;
        }

        var before = Look();
        var (from, state) = (before.Head, FileCalls.Stat(active));
        length = (cutter.Way == HeadCutWay.Truncate ? state.Size : WholeBlocks(from + Math.Max(length, state.BlockSize), state)) - from;
        if (length <= 0)
        {
            return 0;
        }

        try
        {
            using var draft = File.OpenHandle(DraftPath, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(draft, ArchiveMode);
            }

            // The long part, without the lock: what is copied does not change any more.
            var copied = Copy(active, from, draft, length);
            RandomAccess.FlushToDisk(draft);
            FileCalls.LeaveMemory(draft);   // rarely read, and the next archive is made from the same pages: new ones cost several times as much
            if (cutter.Way == HeadCutWay.Collapse)
            {
                RandomAccess.FlushToDisk(active);   // or else the cut does it, while writers wait
            }

            lock (_lock)
            {
                return Cut(active, before, draft, copied, backups, cutter, now);
            }
        }
        finally
        {
            File.Delete(DraftPath);
        }
    }

    /// <summary>Gives up the oldest bytes of the active file, and with them all archives, which are older. Returns how many.</summary>
    /// <exception cref="IOException">The file system refused.</exception>
    public long DropHead(long bytes, HeadCut cutter)
    {
        lock (_lock)
        {
            var dropped = 0L;
            while (DropOldest() is var archived and > 0)
            {
                dropped += archived;
            }

            using var active = Open(Path, FileAccess.ReadWrite);
            if (active is null)
            {
                return dropped;
            }

            var state = FileCalls.Stat(active);
            Notice(state);
            var to = cutter.Way == HeadCutWay.Truncate ? state.Size : WholeBlocks(_record.Head + bytes, state);
            if (to > _record.Head)
            {
                dropped += to - _record.Head;
                _record = _record with { Cut = new LogCut(cutter.Way, to, state.Size, null) };
                TrySave();   // on a full disk it can't be saved, and room comes first
                cutter.Cut(active, to);
                _record = _record.After(_record.Cut!);
                TrySave();
            }

            return dropped;
        }
    }

    /// <summary>Gives up the oldest archive. Returns how many bytes it had; 0: there is none.</summary>
    public long DropOldest()
    {
        lock (_lock)
        {
            if (_record.Archives.Count == 0)
            {
                return 0;
            }

            var oldest = _record.Archives[0];
            File.Delete(ArchivePath(oldest.Number));
            _record = _record with { Archives = [.. _record.Archives.Skip(1)] };
            _isUnsaved = true;
            return oldest.Length;
        }
    }

    /// <summary>Where a cut of so many bytes from a position on may end: in whole blocks, and before the end of the file.</summary>
    public static long WholeBlocks(long to, FileState state) => Math.Min(to, state.Size - 1) / state.BlockSize * state.BlockSize;

    private long Cut(SafeFileHandle active, LogRecord before, SafeFileHandle draft, long copied, int backups, HeadCut cutter, DateTimeOffset now)
    {
        var state = FileCalls.Stat(active);
        Notice(FileCalls.Stat(Path) ?? state);
        var from = before.Head;
        if (_record.File != state.Identity || _record.Head != from || _record.Base != before.Base)
        {
            return 0;   // replaced or emptied meanwhile by somebody
        }

        if (cutter.Way == HeadCutWay.Truncate)
        {
            copied += Copy(active, from + copied, draft, state.Size - from - copied, copied);
        }

        var archive = new LogArchive(_record.Base + from, copied, FileCalls.Stat(draft).Identity, 1, now);
        var cut = new LogCut(cutter.Way, from + copied, state.Size, archive);
        _record = _record with { Cut = cut };
        try
        {
            // From here on a crash is recovered from: the record says what was to be done.
            Save();
            Shift(backups);
            File.Move(DraftPath, ArchivePath(1));
            cut = cut with { Size = FileCalls.Stat(active).Size };
            cutter.Cut(active, cut.To);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Settle();
            throw;
        }

        _record = _record.After(cut);
        TrySave();
        return cutter.Way == HeadCutWay.Truncate ? cut.Size - cut.To : 0;
    }

    private void Shift(int backups)
    {
        foreach (var number in ArchiveNumbers().OrderDescending())
        {
            if (number >= backups)
            {
                File.Delete(ArchivePath(number));
            }
            else
            {
                File.Move(ArchivePath(number), ArchivePath(number + 1));
            }
        }

        _record = _record with { Archives = [.. _record.Archives.Where(a => a.Number < backups).Select(a => a with { Number = a.Number + 1 })] };
    }

    private List<int> ArchiveNumbers()
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        var prefix = $"{System.IO.Path.GetFileName(Path)}.";
        return [.. new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(file => int.TryParse(file.Name.AsSpan(prefix.Length), System.Globalization.NumberStyles.None, null, out var number) ? number : 0)
            .Where(number => number > 0)];
    }

    private static long Copy(SafeFileHandle source, long from, SafeFileHandle target, long length, long to = 0)
    {
        var block = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, CopyBlock));
        var copied = 0L;
        while (copied < length && RandomAccess.Read(source, block.AsSpan(0, (int)Math.Min(block.Length, length - copied)), from + copied) is var read and > 0)
        {
            RandomAccess.Write(target, block.AsSpan(0, read), to + copied);
            copied += read;
        }

        return copied;
    }
}
