namespace Stack.Hosting.Observation;

/// <summary>
/// Reads a replica's console log from an offset on, as far as it goes; asked again, it goes on from there, over rotations. The file may be missing still, and is opened anew for each reading, so that one
/// that was removed and made again is found.
/// </summary>
internal sealed class LogTail
{
    /// <summary>The most that is read at once.</summary>
    public const int BlockSize = 64 * 1024;

    /// <summary>How often a followed file is looked at.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly LogFile _file;
    private long _end = long.MaxValue;

    private LogTail(LogFile file, long offset)
    {
        _file = file;
        Offset = offset;
    }

    /// <summary>Bytes that were asked for, and were not kept any more when it began.</summary>
    public long MissedBefore { get; private init; }

    /// <summary>Logical offset of the next byte.</summary>
    public long Offset { get; private set; }

    /// <summary>The generation of the process that wrote the next byte; null: not known.</summary>
    public int? Generation => GenerationAt(Offset);

    /// <summary>The generation of the process that wrote a byte; null: not known.</summary>
    public int? GenerationAt(long offset) => _file.GenerationAt(offset);

    /// <summary>The log from an offset on: from the oldest byte that is kept if that comes later, from its end if it is shorter (an offset of an earlier log).</summary>
    public static LogTail FromOffset(string path, long offset)
    {
        var file = LogFile.At(path);
        var now = file.Look();
        var from = Math.Clamp(offset, Math.Min(now.First, now.End), now.End);
        return new LogTail(file, from) { MissedBefore = Math.Max(0, from - offset) };
    }

    /// <summary>The last lines of the log, found from its end without reading all of it. An unfinished last line counts as one.</summary>
    public static LogTail FromLastLines(string path, long lines)
    {
        var file = LogFile.At(path);
        var end = file.Look().End;
        if (lines == 0)
        {
            return new LogTail(file, end);
        }

        var block = new byte[BlockSize];
        var start = end;
        while (file.ReadBefore(ref start, block) is var read and > 0)
        {
            for (var i = read - 1; i >= 0; i--)
            {
                // The line break at the very end finishes the last line and begins none.
                if (block[i] == (byte)'\n' && start + i + 1 < end && --lines == 0)
                {
                    return new LogTail(file, start + i + 1);
                }
            }
        }

        return new LogTail(file, start);
    }

    /// <summary>From now on the log ends where it ends now.</summary>
    public void EndHere() => _end = _file.Look().End;

    /// <summary>Reads what there is, up to the buffer's size. 0: nothing new, or no file.</summary>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="missed">How many bytes before them are no longer there.</param>
    public int Read(Span<byte> buffer, out long missed)
    {
        var from = Offset;
        var read = _file.Read(ref from, buffer[..(int)Math.Clamp(_end - Offset, 0, buffer.Length)]);
        missed = from - Offset;
        read = (int)Math.Clamp(_end - from, 0, read);
        Offset = from + read;
        return read;
    }
}
