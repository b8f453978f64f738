using System.Globalization;

namespace Stack.Hosting.Observation;

/// <summary>Where one watcher is in one log. A slow one holds up nobody: what it has not read waits in the file.</summary>
/// <param name="log">The log.</param>
/// <param name="time">The clock: a process's lines get the time at which they are read.</param>
/// <param name="end">Number of the first line that is not wanted; null: all that come.</param>
internal sealed class ResourceLogReader(ResourceLog log, TimeProvider time, long? end)
{
    private long _next;
    private LogLines? _file;

    public ResourceLog Log => log;

    /// <summary>What is new. An unfinished last line of the file is given out only when asked for the last.</summary>
    public IEnumerable<(string Text, bool IsError)> Read(bool last)
    {
        var isFirst = _next == 0;
        var written = log.From(ref _next, end, out var missed);
        if (missed > 0 && !isFirst)
        {
            yield return ($"{Stamp(time)} [{missed} lines of the AppHost are missing here]", false);
        }

        foreach (var line in written)
        {
            yield return line;
        }

        if (log.File is not { } path)
        {
            yield break;
        }

        if (_file is null)
        {
            var tail = LogTail.FromLastLines(path, ResourceLog.Backlog);
            if (end is not null)
            {
                tail.EndHere();
            }

            _file = new LogLines(log.Name, tail, time);
        }

        while (_file.Read(last) && _file.Lines.Count == 0)
        {
            // A block without the end of a line: go on with the next.
        }

        var now = Stamp(time);
        foreach (var line in _file.Lines)
        {
            yield return ($"{now} {line.Text}", false);
        }
    }

    /// <summary>The time at the beginning of a line.</summary>
    public static string Stamp(TimeProvider time) => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffK", CultureInfo.InvariantCulture);
}
