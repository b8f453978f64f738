using Stack.Dashboard.Ingest.Otlp;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>
/// Reads the points of series in one segment, as many as a chart needs: where a part of the axis has many, the last one of each part is looked up
/// (and both sides of a restart), so that a week costs as little as an hour.
/// </summary>
internal sealed class PointReader : IDisposable
{
    // To look a point up costs as much as to step over a few, and of a histogram as much as to read two.
    private const int PointsWorthASeek = 4;
    private const int HistogramsWorthASeek = 2;

    private readonly SegmentReader _reader;
    private readonly SqliteStatement _all;
    private readonly SqliteStatement _last;
    private readonly SqliteStatement? _runs;

    public PointReader(SegmentReader reader)
    {
        _reader = reader;
        _all = reader.Prepare("SELECT t, value FROM points WHERE series=? AND t>=? AND t<? ORDER BY t");
        _last = reader.Prepare("SELECT t, value FROM points WHERE series=? AND t>=? AND t<? ORDER BY t DESC LIMIT 1");
        using var has = reader.Prepare("SELECT 1 FROM sqlite_master WHERE name='runs'");
        _runs = has.Step() ? reader.Prepare("SELECT t, start FROM runs WHERE series=? AND t>=? AND t<? ORDER BY t") : null;
    }

    /// <summary>Whether only the last point of each part is read.</summary>
    public static bool IsThinned(SeriesType type, TimeAxis axis, SenderPulse pulse) =>
        !type.IsDelta && axis.Width >= (type.Kind == MetricKind.Histogram ? HistogramsWorthASeek : PointsWorthASeek) * pulse.Interval;

    /// <summary>In the order of time, from some time before the axis begins.</summary>
    public IEnumerable<Sample> Read(SeriesRow row, TimeAxis axis, SenderPulse pulse, SegmentInfo segment)
    {
        var (series, type) = (row.Id, row.Type);
        var parsed = SeriesType.Parse(type);
        var cleared = _reader.Cleared.Of(row.Resource) + 1;
        var before = Math.Max(axis.From - pulse.Hold, cleared);
        var runs = parsed.IsFlow && !parsed.IsDelta ? Runs(series, before, axis.To) : [];
        if (!IsThinned(parsed, axis, pulse))
        {
            return Range(series, type, before, axis.To, runs);
        }

        var first = Math.Clamp(axis.PartOf(segment.MinTs), -1, axis.Parts);
        var last = Math.Clamp(axis.PartOf(segment.MaxTs), -1, axis.Parts - 1);
        return Ends(series, type, axis, Math.Max(cleared, Math.Min(before, axis.From - axis.Width)), first, last, runs);
    }

    /// <summary>The row's columns are t and value.</summary>
    public static Sample Read(SqliteStatement row, string type, long? runStart)
    {
        switch (SeriesType.Parse(type).Kind)
        {
            case MetricKind.Histogram:
                var histogram = HistogramSample.Read(row.Blob(1), type);
                return new Sample(row.Number(0), histogram.Count, histogram.Sum, histogram, RunStart: runStart);
            case MetricKind.Summary:
                var summary = SummaryPoint.Parser.ParseFrom(row.Blob(1));
                var quantiles = summary.QuantileValues.Where(q => double.IsFinite(q.Value)).DistinctBy(q => q.Quantile_).ToDictionary(q => q.Quantile_, q => q.Value);
                return new Sample(row.Number(0), summary.Count, summary.Sum, null, quantiles, runStart);
            default:
                return new Sample(row.Number(0), row.Real(1), RunStart: runStart);
        }
    }

    public void Dispose()
    {
        _all.Dispose();
        _last.Dispose();
        _runs?.Dispose();
    }

    private IEnumerable<Sample> Range(long series, string type, long from, long to, List<(long Time, long Start)> runs)
    {
        _all.Reset();
        _all.Bind(1, series).Bind(2, from).Bind(3, to);
        var run = 0;
        while (_all.Step())
        {
            var time = _all.Number(0);
            while (run < runs.Count && runs[run].Time < time)
            {
                run++;
            }

            yield return Read(_all, type, run < runs.Count && runs[run].Time == time ? runs[run].Start : null);
        }

        _all.Reset();
    }

    private IEnumerable<Sample> Ends(long series, string type, TimeAxis axis, long before, int first, int last, List<(long Time, long Start)> runs)
    {
        var run = 0;
        for (var part = first; part <= last; part++)
        {
            var (from, to) = (part < 0 ? before : Math.Max(before, axis.StartOf(part)), axis.StartOf(part + 1));
            for (; run < runs.Count && runs[run].Time < to; run++)
            {
                if (Last(series, type, from, runs[run].Time, null) is { } end)
                {
                    yield return end;
                }

                from = runs[run].Time;
                if (Last(series, type, from, from + 1, runs[run].Start) is { } begin)
                {
                    yield return begin;
                }

                from++;
            }

            if (Last(series, type, from, to, null) is { } sample)
            {
                yield return sample;
            }
        }
    }

    private Sample? Last(long series, string type, long from, long to, long? runStart)
    {
        _last.Bind(1, series).Bind(2, from).Bind(3, to);
        try
        {
            return _last.Step() ? Read(_last, type, runStart) : null;
        }
        finally
        {
            _last.Reset();
        }
    }

    private List<(long Time, long Start)> Runs(long series, long from, long to)
    {
        var found = new List<(long, long)>();
        if (_runs is not null)
        {
            _runs.Bind(1, series).Bind(2, from).Bind(3, to);
            while (_runs.Step())
            {
                found.Add((_runs.Number(0), _runs.Number(1)));
            }

            _runs.Reset();
        }

        return found;
    }
}
