namespace Stack.Hosting.Observation;

/// <summary>The lines of one replica's log, a block at a time: <see cref="LogTail"/> and <see cref="LineSplitter"/> together.</summary>
internal sealed class LogLines(string name, LogTail tail, TimeProvider time)
{
    private readonly byte[] _block = new byte[LogTail.BlockSize];
    private LineSplitter _splitter = new(tail.Offset, time);
    private long _missedBefore = tail.MissedBefore;
    private bool _atEnd;

    /// <summary>The replica.</summary>
    public string Name => name;

    /// <summary>What the last <see cref="Read"/> found.</summary>
    public List<LogLine> Lines { get; } = [];

    /// <summary>True when the lines were written since the reading before, so that their time is known; false for those of before.</summary>
    public bool AreNew { get; private set; }

    /// <summary>The generation of the process that wrote a byte; null: not known.</summary>
    public int? GenerationAt(long offset) => tail.GenerationAt(offset);

    /// <summary>Reads up to one block; false: there was nothing new.</summary>
    /// <param name="last">True when nothing is awaited after the end of the log: an unfinished line is given out at once.</param>
    public bool Read(bool last)
    {
        Lines.Clear();
        var read = tail.Read(_block, out var missed);
        if (read > 0)
        {
            (missed, _missedBefore) = (missed + _missedBefore, 0);
            if (missed > 0)
            {
                _splitter.FlushAll(Lines);
                _splitter = new LineSplitter(tail.Offset - read, time);
                Lines.Add(LogLine.Gap(tail.Offset - read - missed, missed));
            }

            _splitter.Add(_block.AsSpan(0, read), Lines);
            AreNew = _atEnd;
            _atEnd = read < _block.Length;
            return true;
        }

        _atEnd = true;
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
