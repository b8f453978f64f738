using System.Globalization;

namespace Stack.Dashboard.Storage;

/// <summary>
/// Makes the counts in meta.db agree with the segments after the start. After an unclean stop the last two minutes are counted anew (and the last hour by template); segments that the
/// catalogue did not know, or knew less of, add what is new in them; a folder of before there were counts is counted whole, once. It reads up to an hour's rows, so it goes on in the
/// background while new ones are taken and counted; what a stop interrupts, the next start does.
/// </summary>
internal sealed class RollupRecovery
{
    private const string Counted = "rollups";

    /// <summary>What is being counted: minute, hour, then each segment with the last row that was counted before.</summary>
    private const string Unfinished = "recount";

    private readonly string _directory;
    private readonly Catalogue _catalogue;
    private readonly long _minute;
    private readonly long _hour;
    private readonly long _lastId;
    private readonly List<(SegmentInfo Segment, long After)> _segments = [];

    /// <param name="directory">The data folder.</param>
    /// <param name="catalogue">In agreement with the folder.</param>
    /// <param name="known">The last id of each segment that the catalogue had seen, and counted, before it was corrected.</param>
    /// <param name="isClean">Whether the last stop was in order.</param>
    public RollupRecovery(string directory, Catalogue catalogue, IReadOnlyDictionary<string, long> known, bool isClean)
    {
        (_directory, _catalogue) = (directory, catalogue);
        _lastId = catalogue.Segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
        var (minute, hour, before) = Read(catalogue.Setting(Unfinished));
        (_minute, _hour) = (catalogue.Setting(Counted) is null, isClean) switch
        {
            (true, _) => (0, 0),
            (_, true) => (minute, hour),
            _ => (Math.Min(minute, (_lastId / LogRollups.MinuteTicks) - 1), Math.Min(hour, _lastId / LogRollups.HourTicks)),
        };
        foreach (var segment in catalogue.Segments.Where(segment => segment.Logs > 0))
        {
            var after = Math.Min(known.GetValueOrDefault(segment.File), before.GetValueOrDefault(segment.File, long.MaxValue));
            if (segment.MaxId > after || Math.Max(segment.MaxTs, segment.MaxId) / LogRollups.HourTicks >= _hour)
            {
                _segments.Add((segment, after));
            }
        }
    }

    /// <summary>Takes out what is counted anew. False: there is nothing to count. Before anything is added.</summary>
    public bool Begin()
    {
        if (_segments.Count == 0 && _minute == long.MaxValue)
        {
            return false;
        }

        try
        {
            _catalogue.BeginRecount(_minute, _hour, Unfinished, Write());
            return true;
        }
        catch (StoreException e) when (e.IsFull || e.IsBusy)
        {
            // Counts that are a little off are no reason not to start.
            return false;
        }
    }

    /// <summary>Counts, on the thread that calls; rows that came after the start are none of its business.</summary>
    public void Run(CancellationToken stopping)
    {
        ClearedMarks cleared;
        LogRollups counted;
        do
        {
            cleared = _catalogue.Cleared;
            counted = new LogRollups();
            foreach (var (segment, after) in _segments)
            {
                stopping.ThrowIfCancellationRequested();
                Count(segment, after, cleared, counted, stopping);
            }
        }
        while (!_catalogue.TryEndRecount(counted, cleared, Unfinished, Counted));
    }

    private void Count(SegmentInfo segment, long after, ClearedMarks cleared, LogRollups counted, CancellationToken stopping)
    {
        try
        {
            counted.Add(LogRollupTables.Count(Path.Combine(_directory, segment.File), new RollupRange(_minute, _hour, after, _lastId, segment.MaxAhead), cleared, stopping));
        }
        catch (StoreException)
        {
            // What cannot be read, or has gone meanwhile, is not shown either; the rest counts.
            stopping.ThrowIfCancellationRequested();
        }
    }

    private string Write() => string.Join(' ', _segments.Select(s => $"{s.Segment.File} {Text(s.After)}").Prepend($"{Text(_minute)} {Text(_hour)}"));

    private static (long Minute, long Hour, Dictionary<string, long> After) Read(string? text)
    {
        var words = text?.Split(' ') ?? [];
        return words.Length < 2
            ? (long.MaxValue, long.MaxValue, [])
            : (Number(words[0]), Number(words[1]), words.Skip(2).Chunk(2).ToDictionary(pair => pair[0], pair => Number(pair[1])));
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
