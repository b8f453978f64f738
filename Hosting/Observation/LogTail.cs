namespace Stack.Hosting.Observation;

/// <summary>
/// Reads a replica's console log from an offset on, as far as it goes; asked again, it goes on from there. The file may be missing still, and is opened anew for each reading, so that one that was removed
/// and made again is found.
/// </summary>
/// <param name="path">The log file.</param>
/// <param name="offset">Logical offset to begin at: bytes written since the file began.</param>
internal sealed class LogTail(string path, long offset)
{
    /// <summary>The most that is read at once.</summary>
    public const int BlockSize = 64 * 1024;

    /// <summary>How often a followed file is looked at.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private long _end = long.MaxValue;

    /// <summary>Logical offset of the next byte.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>The log from an offset, or from its end if it is shorter (an offset of an earlier file).</summary>
    public static LogTail FromOffset(string path, long offset) => new(path, Math.Min(offset, Length(path)));

    /// <summary>The last lines of the log, found from its end without reading all of it. An unfinished last line counts as one.</summary>
    public static LogTail FromLastLines(string path, long lines)
    {
        using var file = Open(path);
        if (file is null)
        {
            return new LogTail(path, 0);
        }

        var end = RandomAccess.GetLength(file);
        if (lines == 0)
        {
            return new LogTail(path, end);
        }

        var block = new byte[BlockSize];
        var position = end;
        while (position > 0)
        {
            var start = Math.Max(0, position - BlockSize);
            var part = block.AsSpan(0, (int)(position - start));
            var read = RandomAccess.Read(file, part, start);
            for (var i = Math.Min(read, part.Length) - 1; i >= 0; i--)
            {
                // The line break at the very end finishes the last line and begins none.
                if (part[i] == (byte)'\n' && start + i + 1 < end && --lines == 0)
                {
                    return new LogTail(path, start + i + 1);
                }
            }

            position = start;
        }

        return new LogTail(path, 0);
    }

    /// <summary>From now on the log ends where it ends now.</summary>
    public void EndHere() => _end = Length(path);

    /// <summary>Reads what there is, up to the buffer's size. 0: nothing new, or no file.</summary>
    public int Read(Span<byte> buffer)
    {
        using var file = Open(path);
        if (file is null)
        {
            return 0;
        }

        if (RandomAccess.GetLength(file) < Offset)
        {
            Offset = 0;   // emptied or made anew by somebody: what is in it now is new
        }

        var left = Math.Max(0, _end - Offset);
        var read = RandomAccess.Read(file, left < buffer.Length ? buffer[..(int)left] : buffer, Offset);
        Offset += read;
        return read;
    }

    private static long Length(string path)
    {
        using var file = Open(path);
        return file is null ? 0 : RandomAccess.GetLength(file);
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
