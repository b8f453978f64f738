using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Stack.Hosting.Observation;

/// <summary>
/// One console log as a single run of bytes: the archives that rotation made, oldest first, then the file that processes append to. Offsets are logical, counted since the log began; readers and rotation
/// agree by its lock, so a reader gets every byte that is kept once.
/// </summary>
internal sealed partial class LogFile
{
    private const int KeptGenerations = 256;

    private static readonly ConcurrentDictionary<string, Lazy<LogFile>> Known = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private LogRecord _record = new();
    private bool _isUnsaved;

    internal LogFile(string path)
    {
        Path = path;
        Recover();
    }

    /// <summary>The file that processes append to.</summary>
    public string Path { get; }

    private string RecordPath => $"{Path}.json";

    /// <summary>The log at a path: one object in this process, for readers and rotation share its lock.</summary>
    public static LogFile At(string path) => Known.GetOrAdd(System.IO.Path.GetFullPath(path), full => new Lazy<LogFile>(() => new LogFile(full))).Value;

    /// <summary>What there was at the last look.</summary>
    public LogRecord LastSeen
    {
        get
        {
            lock (_lock)
            {
                return _record;
            }
        }
    }

    /// <summary>What there is now; one system call.</summary>
    public LogRecord Look()
    {
        lock (_lock)
        {
            if (FileCalls.Stat(Path) is { } state)
            {
                Notice(state);
            }

            return _record;
        }
    }

    /// <summary>Reads from an offset on, or from the oldest byte after it that is kept: the offset moves there. 0: there is nothing.</summary>
    public int Read(ref long offset, Span<byte> buffer)
    {
        lock (_lock)
        {
            foreach (var archive in _record.Archives)
            {
                if (archive.End > offset && ReadPart(ArchivePath(archive.Number), archive.Start, archive.End, ref offset, buffer) is var read and > 0)
                {
                    return read;
                }
            }

            using var active = Open(Path, FileAccess.Read);
            if (active is null)
            {
                return 0;
            }

            Notice(FileCalls.Stat(active));
            return ReadPart(active, _record.Base + _record.Head, _record.End, _record.Base, ref offset, buffer);
        }
    }

    /// <summary>Reads what is before an offset, up to the buffer's size, and moves the offset to the first byte read. 0: nothing before it is kept.</summary>
    public int ReadBefore(ref long offset, Span<byte> buffer)
    {
        lock (_lock)
        {
            var before = offset;
            var archive = _record.Base + _record.Head < before ? null : _record.Archives.LastOrDefault(a => a.Start < before);
            var (path, start, last, origin) = archive is null
                ? (Path, _record.Base + _record.Head, _record.End, _record.Base)
                : (ArchivePath(archive.Number), archive.Start, archive.End, archive.Start);
            var end = Math.Min(last, before);
            var from = Math.Max(start, end - buffer.Length);
            using var file = from < end ? Open(path, FileAccess.Read) : null;
            if (file is null)
            {
                return 0;
            }

            offset = from;
            return ReadPart(file, start, end, origin, ref offset, buffer);
        }
    }

    /// <summary>Notes that what comes from now on is the output of another generation of the process, and gives the offset at which it begins.</summary>
    public long BeginGeneration(int generation)
    {
        lock (_lock)
        {
            var end = Look().End;
            _record = _record with
            {
                Generations = [.. _record.Generations.Where(g => g.Offset < end).TakeLast(KeptGenerations - 1), new LogGeneration(generation, end)],
            };
            TrySave();
            return end;
        }
    }

    /// <summary>The generation that wrote a byte; null: not known.</summary>
    public int? GenerationAt(long offset)
    {
        lock (_lock)
        {
            return _record.Generations.LastOrDefault(g => g.Offset <= offset)?.Number;
        }
    }

    /// <summary>Makes up for what failed before: a cut without an end, a record that could not be saved. What fails again is tried again.</summary>
    /// <exception cref="IOException">The cut can't be brought to its end.</exception>
    public void Mend()
    {
        lock (_lock)
        {
            if (_record.Cut is not null)
            {
                Settle();
            }
            else if (_isUnsaved)
            {
                TrySave();
            }
        }
    }

    /// <summary>Keeps where the log ends, for the next AppHost.</summary>
    public void SaveEnd()
    {
        lock (_lock)
        {
            if (Look().Size > 0)
            {
                TrySave();
            }
        }
    }

    private static int ReadPart(string path, long start, long end, ref long offset, Span<byte> buffer)
    {
        using var file = Open(path, FileAccess.Read);
        return file is null ? 0 : ReadPart(file, start, end, start, ref offset, buffer);
    }

    private static int ReadPart(SafeFileHandle file, long start, long end, long origin, ref long offset, Span<byte> buffer)
    {
        var from = Math.Max(offset, start);
        var length = Math.Clamp(end - from, 0, buffer.Length);
        var read = RandomAccess.Read(file, buffer[..(int)length], from - origin);
        offset = read > 0 ? from : offset;
        return read;
    }

    /// <summary>The active file may have been emptied, or replaced, by somebody else: what is in it then is new, and the offsets go on.</summary>
    private void Notice(FileState state)
    {
        if (_record.Cut is not null)
        {
            return;   // whether its size has changed by that is not known yet
        }

        var isOther = _record.File != default && state.Identity != _record.File;
        if (isOther || state.Size < _record.Size)
        {
            _record = _record with { Base = _record.End, Head = 0 };
            _isUnsaved = true;
        }

        if (state.Identity != _record.File || state.Size != _record.Size)
        {
            _record = _record with { File = state.Identity, Size = state.Size };
        }
    }

    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isUnsaved = true;
        }
    }

    private void Save()
    {
        _record.Save(RecordPath);
        _isUnsaved = false;
    }

    private string ArchivePath(int number) => $"{Path}.{number}";

    private static SafeFileHandle? Open(string path, FileAccess access)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
