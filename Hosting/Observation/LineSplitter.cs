using System.Text;

namespace Stack.Hosting.Observation;

/// <summary>One line of a log, without its line break, or a gap in it.</summary>
/// <param name="Offset">Logical offset of its first byte.</param>
/// <param name="Text">What to show.</param>
/// <param name="Dropped">Bytes that are missing here; 0: this is a line.</param>
internal readonly record struct LogLine(long Offset, string Text, long Dropped = 0)
{
    /// <summary>Tells a reader that bytes were dropped before it came to them.</summary>
    public static LogLine Gap(long offset, long bytes) => new(offset, $"[{bytes} bytes of the log are missing here]", bytes);
}

/// <summary>
/// Cuts the bytes of a log into lines for the view: at line breaks, at 64 KB, and, for a line that does not go on, after 100 ms. Decodes whole lines only, so a character that two readings share is not
/// spoilt; what is no UTF-8 becomes U+FFFD.
/// </summary>
/// <param name="offset">Logical offset of the first byte that will be given.</param>
/// <param name="time">The clock.</param>
internal sealed class LineSplitter(long offset, TimeProvider time)
{
    /// <summary>Longest line, in bytes.</summary>
    public const int MaxLine = 64 * 1024;

    /// <summary>An unfinished line is given out after this time without more of it.</summary>
    public static readonly TimeSpan PartialAfter = TimeSpan.FromMilliseconds(100);

    private readonly byte[] _pending = new byte[MaxLine];
    private int _length;
    private long _offset = offset;
    private long _lastAdded = time.GetTimestamp();

    /// <summary>Logical offset of the byte to be given next.</summary>
    public long NextOffset => _offset + _length;

    /// <summary>Takes the next bytes and adds the lines they complete to <paramref name="lines"/>.</summary>
    public void Add(ReadOnlySpan<byte> bytes, List<LogLine> lines)
    {
        _lastAdded = time.GetTimestamp();
        while (!bytes.IsEmpty)
        {
            var lineBreak = bytes.IndexOf((byte)'\n');
            var part = lineBreak < 0 ? bytes : bytes[..lineBreak];
            if (part.Length > MaxLine - _length)
            {
                part = part[..(MaxLine - _length)];
                Append(part);
                bytes = bytes[part.Length..];
                Take(WholeCharacters(), lines);
                continue;
            }

            Append(part);
            bytes = bytes[part.Length..];
            if (lineBreak >= 0)
            {
                bytes = bytes[1..];
                TakeLine(lines);
            }
        }
    }

    /// <summary>Gives out an unfinished line that has not gone on for a while. To be called when there was nothing to add.</summary>
    public void FlushIdle(List<LogLine> lines)
    {
        if (_length > 0 && time.GetElapsedTime(_lastAdded) >= PartialAfter)
        {
            var whole = WholeCharacters();
            Take(whole > 0 ? whole : _length, lines);
        }
    }

    /// <summary>Gives out an unfinished line: nothing more will come.</summary>
    public void FlushAll(List<LogLine> lines)
    {
        if (_length > 0)
        {
            Take(_length, lines);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_pending.AsSpan(_length));
        _length += bytes.Length;
    }

    private void TakeLine(List<LogLine> lines)
    {
        var text = _pending.AsSpan(0, _length);
        if (text is [.., (byte)'\r'])
        {
            text = text[..^1];
        }

        lines.Add(new LogLine(_offset, Encoding.UTF8.GetString(text)));
        _offset += _length + 1;
        _length = 0;
    }

    private void Take(int count, List<LogLine> lines)
    {
        lines.Add(new LogLine(_offset, Encoding.UTF8.GetString(_pending, 0, count)));
        _pending.AsSpan(count, _length - count).CopyTo(_pending);
        _offset += count;
        _length -= count;
    }

    /// <summary>Length of what is pending without a last character that is not complete yet.</summary>
    private int WholeCharacters()
    {
        for (var back = 1; back <= Math.Min(3, _length); back++)
        {
            var value = _pending[_length - back];
            if ((value & 0xC0) == 0x80)
            {
                continue;
            }

            var needed = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : value >= 0xC0 ? 2 : 1;
            return needed > back ? _length - back : _length;
        }

        return _length;
    }
}
