namespace Stack.Hosting.Observation;

/// <summary>The lines of one replica's log, a block at a time: <see cref="LogTail"/> and <see cref="LineSplitter"/> together.</summary>
internal sealed class LogLines(string name, LogTail tail, TimeProvider time)
{
    private readonly byte[] _block = new byte[LogTail.BlockSize];
    private LineSplitter _splitter = new(tail.Offset, time);

    /// <summary>The replica.</summary>
    public string Name => name;

    /// <summary>What the last <see cref="Read"/> found.</summary>
    public List<LogLine> Lines { get; } = [];

    /// <summary>Reads up to one block; false: there was nothing new.</summary>
    /// <param name="last">True when nothing is awaited after the end of the log: an unfinished line is given out at once.</param>
    public bool Read(bool last)
    {
        Lines.Clear();
        var read = tail.Read(_block);
        if (read > 0)
        {
            if (tail.Offset - read != _splitter.NextOffset)
            {
                _splitter.FlushAll(Lines);
                _splitter = new LineSplitter(tail.Offset - read, time);   // the file began anew
            }

            _splitter.Add(_block.AsSpan(0, read), Lines);
            return true;
        }

        if (last)
        {
            _splitter.FlushAll(Lines);
        }
        else
        {
            _splitter.FlushIdle(Lines);
        }

        return false;
    }
}
