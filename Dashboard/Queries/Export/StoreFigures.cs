using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Export;

/// <summary>How much is stored of each signal, and for how long that goes on at the present rate.</summary>
internal sealed record StoreFigures
{
    public required ImmutableArray<SegmentInfo> Segments { get; init; }

    /// <summary>Everything in the folder.</summary>
    public required long Bytes { get; init; }

    public required long? FreeBytes { get; init; }

    public required SignalFigures Logs { get; init; }

    public required SignalFigures Spans { get; init; }

    public required SignalFigures Points { get; init; }

    /// <summary>How far back the store will reach when it is full and everything goes on as in the last minute; null when nothing came.</summary>
    public TimeSpan? History { get; init; }

    public DateTimeOffset? Oldest { get; init; }

    public static StoreFigures Of(StorageOptions options, Catalogue catalogue, SegmentReaders readers, StoreStatus status, DateTimeOffset now)
    {
        var segments = catalogue.Segments;
        var rates = status.Rates.PerSecond(now);
        var weights = Weights(segments, readers);
        var (logs, spans, points) = (segments.Sum(s => s.Logs), segments.Sum(s => s.Spans), segments.Sum(s => s.Points));
        var rowBytes = segments.Sum(s => s.Bytes);
        var weighed = (logs * weights.Log) + (spans * weights.Span) + (points * weights.Point);
        var scale = weighed == 0 ? 1 : rowBytes / weighed;
        var figures = new StoreFigures
        {
            Segments = segments,
            Bytes = new DirectoryInfo(options.Directory).EnumerateFiles().Sum(file => file.Exists ? file.Length : 0),
            FreeBytes = Volume.FreeBytes(options.Directory),
            Logs = new SignalFigures(logs, (long)(logs * weights.Log * scale), rates.Logs),
            Spans = new SignalFigures(spans, (long)(spans * weights.Span * scale), rates.Spans),
            Points = new SignalFigures(points, (long)(points * weights.Point * scale), rates.Points),
            Oldest = segments.Where(s => s.MinId > 0).Select(s => (DateTimeOffset?)UnixTicks.ToTime(s.MinId)).FirstOrDefault(),
        };
        var perSecond = ((rates.Logs * weights.Log) + (rates.Spans * weights.Span) + (rates.Points * weights.Point)) * scale;
        return perSecond <= 0 ? figures : figures with { History = HistoryOf(options, figures, perSecond) };
    }

    private static TimeSpan HistoryOf(StorageOptions options, StoreFigures figures, double bytesPerSecond)
    {
        var room = figures.FreeBytes is { } free ? Math.Min(options.MaxBytes, figures.Bytes + Math.Max(0, free - options.MinFreeBytes)) : options.MaxBytes;
        var seconds = room / bytesPerSecond;
        return seconds > options.MaxAge.TotalSeconds ? options.MaxAge : TimeSpan.FromSeconds(seconds);
    }

    // What a row of each signal takes, from the newest rows: to weigh all of them would be to read all of them.
    private static (double Log, double Span, double Point) Weights(ImmutableArray<SegmentInfo> segments, SegmentReaders readers)
    {
        var (log, span, point) = (400.0, 600.0, 60.0);
        foreach (var segment in segments.Reverse().Where(s => s.Logs + s.Spans + s.Points > 0).Take(1))
        {
            if (readers.Rent(segment.File) is not { } reader)
            {
                continue;
            }

            try
            {
                log = Average(reader, "SELECT avg(length(body)+length(attrs))+90 FROM (SELECT body, attrs FROM logs ORDER BY id DESC LIMIT 500)", log);
                span = Average(reader, "SELECT avg(length(name)+length(attrs)+ifnull(length(events),0)+ifnull(length(links),0))+140 FROM (SELECT name, attrs, events, links FROM spans ORDER BY id DESC LIMIT 500)", span);
                point = Average(reader, "SELECT avg(length(value)+ifnull(length(exemplars),0))+22 FROM (SELECT value, exemplars FROM points LIMIT 2000)", point);
            }
            catch (StoreException)
            {
                reader.IsSpent = true;
            }
            finally
            {
                readers.Return(reader);
            }
        }

        return (log, span, point);
    }

    private static double Average(SegmentReader reader, string sql, double otherwise)
    {
        using var row = reader.Prepare(sql);
        return row.Step() && !row.IsNull(0) ? row.Real(0) : otherwise;
    }
}

/// <summary>One signal in the store.</summary>
/// <param name="Rows">How many are kept.</param>
/// <param name="Bytes">About what they take.</param>
/// <param name="PerSecond">How many were stored a second, in the last minute.</param>
internal sealed record SignalFigures(long Rows, long Bytes, double PerSecond);
