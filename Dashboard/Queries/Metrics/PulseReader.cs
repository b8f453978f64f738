using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Finds out when the senders in one segment were heard, by looking up the ends of their series.</summary>
internal sealed class PulseReader(SegmentReader reader, long until)
{
    private const int SampledSeries = 8;
    private const int SampledPoints = 12;
    private static readonly long Unknown = SeriesSlot.Repeat.Ticks;

    /// <param name="resources">Numbers of the senders in this segment.</param>
    /// <param name="found">By the sender's hash; what newer segments said of it is kept.</param>
    public void Read(IReadOnlySet<long> resources, Dictionary<string, SenderPulse> found)
    {
        using var first = reader.Prepare("SELECT t FROM points WHERE series=? AND t>? ORDER BY t LIMIT 1");
        using var last = reader.Prepare("SELECT t FROM points WHERE series=? AND t<? ORDER BY t DESC LIMIT 1");
        foreach (var sender in SeriesOf(resources))
        {
            var hash = reader.Resource(sender.Key).Hash;
            var cleared = reader.Cleared.Of(sender.Key);
            var begin = sender.Value.Select(series => Time(first.Bind(1, series).Bind(2, cleared)) ?? long.MaxValue).Min();
            if (found.TryGetValue(hash, out var known))
            {
                found[hash] = known.Earlier(begin);
                continue;
            }

            var ends = sender.Value.Select(series => (Series: series, Time: Time(last.Bind(1, series).Bind(2, until)) ?? long.MinValue)).ToList();
            var end = ends.Max(e => e.Time);
            if (end > long.MinValue)
            {
                var newest = ends.Where(e => e.Time == end).Take(SampledSeries).Select(e => IntervalOf(e.Series, end));
                found[hash] = new SenderPulse(begin, end, newest.Min() ?? Unknown);
            }
        }
    }

    private Dictionary<long, List<long>> SeriesOf(IReadOnlySet<long> resources)
    {
        var series = new Dictionary<long, List<long>>();
        using var rows = reader.Prepare("SELECT res, id FROM series");
        while (rows.Step())
        {
            if (resources.Contains(rows.Number(0)))
            {
                (series.TryGetValue(rows.Number(0), out var list) ? list : series[rows.Number(0)] = []).Add(rows.Number(1));
            }
        }

        return series;
    }

    private long? IntervalOf(long series, long end)
    {
        var times = new List<long>();
        using var rows = reader.Prepare($"SELECT t FROM points WHERE series=? AND t<=? ORDER BY t DESC LIMIT {SampledPoints}");
        rows.Bind(1, series).Bind(2, end);
        while (rows.Step())
        {
            times.Add(rows.Number(0));
        }

        return SenderPulse.IntervalOf(times);
    }

    private static long? Time(SqliteStatement row)
    {
        try
        {
            return row.Step() ? row.Number(0) : null;
        }
        finally
        {
            row.Reset();
        }
    }
}
