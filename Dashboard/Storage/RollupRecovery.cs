namespace Stack.Dashboard.Storage;

/// <summary>
/// Makes the counts in meta.db agree with the segments at the start. After an unclean stop the last two minutes are counted anew (and the last hour by template); segments that the
/// catalogue did not know, or knew less of, add what is new in them; a folder of before there were counts is counted whole, once.
/// </summary>
internal sealed class RollupRecovery(string directory, Catalogue catalogue)
{
    private const string Setting = "rollups";

    /// <param name="known">The last id of each segment that the catalogue had seen, and counted, before it was corrected.</param>
    /// <param name="isClean">Whether the last stop was in order.</param>
    public void Run(IReadOnlyDictionary<string, long> known, bool isClean)
    {
        var isFirst = catalogue.Setting(Setting) is null;
        var last = catalogue.Segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
        var (minute, hour) = (isFirst, isClean) switch
        {
            (true, _) => (0, 0),
            (_, true) => (long.MaxValue, long.MaxValue),
            _ => ((last / LogRollups.MinuteTicks) - 1, last / LogRollups.HourTicks),
        };

        var counted = new LogRollups();
        foreach (var segment in catalogue.Segments.Where(segment => segment.Logs > 0))
        {
            var after = known.GetValueOrDefault(segment.File);
            if (segment.MaxId > after || Math.Max(segment.MaxTs, segment.MaxId) / LogRollups.HourTicks >= hour)
            {
                Count(segment, minute, hour, after, counted);
            }
        }

        try
        {
            catalogue.Recount(minute, hour, counted);
            if (isFirst)
            {
                catalogue.TrySetSetting(Setting, "1");
            }
        }
        catch (StoreException e) when (e.IsFull)
        {
            // Counts that are a little off are no reason not to start.
        }
    }

    private void Count(SegmentInfo segment, long minute, long hour, long after, LogRollups counted)
    {
        try
        {
            counted.Add(LogRollupTables.Count(Path.Combine(directory, segment.File), minute, hour, after, catalogue.Cleared, segment.MaxAhead));
        }
        catch (StoreException)
        {
            // What cannot be read is not shown either; the rest counts.
        }
    }
}
