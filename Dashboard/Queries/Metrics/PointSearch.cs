using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Which points of an instrument are wanted, as they were sent.</summary>
internal sealed record PointFilter
{
    public required string Instrument { get; init; }

    /// <summary>Null = of any meter.</summary>
    public string? Meter { get; init; }

    /// <summary>Service, instance id or display name; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required int Limit { get; init; }
}

/// <summary>The newest points, oldest first.</summary>
internal sealed record FoundPoints(IReadOnlyList<StoredPoint> Points, long TotalCount, bool IsPartial);

/// <summary>Finds the points of one instrument. Synchronous: it runs on a thread of its own.</summary>
internal sealed class PointSearch(PointFilter filter, SegmentWalk walk)
{
    private readonly long _from = UnixTicks.Of(filter.From);
    private readonly long _to = UnixTicks.Of(filter.To);
    private readonly PriorityQueue<StoredPoint, long> _newest = new();
    private long _total;

    public FoundPoints Run()
    {
        foreach (var segment in walk.Between(_from, _to).Reverse())
        {
            walk.Read(segment, Read);
        }

        var points = new List<StoredPoint>(_newest.Count);
        while (_newest.TryDequeue(out var point, out _))
        {
            points.Add(point);
        }

        return new FoundPoints(points, _total, walk.IsPartial);
    }

    private void Read(SegmentReader reader)
    {
        using var count = reader.Prepare("SELECT count(*) FROM points WHERE series=? AND t>=? AND t<?");
        using var rows = reader.Prepare($"""
            SELECT {StoredPoint.Columns(reader)} FROM points p CROSS JOIN series s ON s.id=p.series
            WHERE p.series=? AND p.t>=? AND p.t<? ORDER BY p.t DESC LIMIT {filter.Limit}
            """);
        foreach (var (id, resource, meter) in Series(reader))
        {
            var from = Math.Max(_from, reader.Cleared.Of(resource) + 1);
            count.Bind(1, id).Bind(2, from).Bind(3, _to).Step();
            _total += count.Number(0);
            count.Reset();

            var description = Descriptions.Read(reader, meter, filter.Instrument);
            rows.Bind(1, id).Bind(2, from).Bind(3, _to);
            // Newest first: the first that does not get in is the last one to look at.
            while (rows.Step() && Keep(rows.Number(1), () => StoredPoint.Read(rows, reader) with { Description = description }))
            {
            }

            rows.Reset();
        }
    }

    private List<(long Id, long Resource, string Meter)> Series(SegmentReader reader)
    {
        var found = new List<(long, long, string)>();
        using var rows = reader.Prepare("SELECT s.id, s.res, c.name FROM series s JOIN scopes c ON c.id=s.scope WHERE s.name=?1 AND (?2 IS NULL OR c.name=?2)");
        rows.Bind(1, filter.Instrument).Bind(2, filter.Meter);
        while (rows.Step())
        {
            var sender = reader.Resource(rows.Number(1));
            if (filter.Resources.Count == 0 || filter.Resources.Any(name => TelemetryResource.Matches(name, sender.Service, sender.InstanceId, sender.DisplayName)))
            {
                found.Add((rows.Number(0), rows.Number(1), rows.Text(2)));
            }
        }

        return found;
    }

    private bool Keep(long time, Func<StoredPoint> point)
    {
        if (_newest.Count < filter.Limit)
        {
            _newest.Enqueue(point(), time);
            return true;
        }

        if (_newest.TryPeek(out _, out var oldest) && time > oldest)
        {
            _newest.DequeueEnqueue(point(), time);
            return true;
        }

        return false;
    }
}
