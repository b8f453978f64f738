using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Which instruments are wanted.</summary>
internal sealed record InstrumentFilter
{
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Service, instance id or display name; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Also the newest value of each; else only their names.</summary>
    public bool WithValues { get; init; }
}

/// <summary>Instruments by meter and name.</summary>
internal sealed record InstrumentList(IReadOnlyList<Instrument> Items, bool IsPartial);

/// <summary>Lists the instruments of the segments that reach into a range of time. Synchronous: it runs on a thread of its own.</summary>
internal sealed class InstrumentSearch(InstrumentFilter filter, SegmentWalk walk)
{
    private const string Sql = "SELECT s.id, s.res, c.name, s.name, s.unit, s.type, s.attrs, s.hash FROM series s JOIN scopes c ON c.id=s.scope";

    private readonly Dictionary<(string Meter, string Name), Found> _found = [];
    private readonly Dictionary<(string Meter, string Name), string> _descriptions = [];
    private readonly long _from = UnixTicks.Of(filter.From);
    private readonly long _to = UnixTicks.Of(filter.To);

    public InstrumentList Run()
    {
        foreach (var segment in walk.Between(_from, _to).Reverse())
        {
            walk.Read(segment, reader => Read(segment, reader));
        }

        var items = _found
            .OrderBy(entry => entry.Key.Meter, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Key.Name, StringComparer.OrdinalIgnoreCase)
            .Select(entry => entry.Value.ToInstrument(entry.Key.Meter, entry.Key.Name, _descriptions.GetValueOrDefault(entry.Key, "")));
        return new InstrumentList([.. items], walk.IsPartial);
    }

    private void Read(SegmentInfo segment, SegmentReader reader)
    {
        using var last = reader.Prepare("SELECT t, value FROM points WHERE series=? AND t>=? AND t<? ORDER BY t DESC LIMIT 1");
        using var rows = reader.Prepare(Sql);
        while (rows.Step())
        {
            var sender = reader.Resource(rows.Number(1));
            if (reader.Cleared.Covers(rows.Number(1), segment)
                || (filter.Resources.Count > 0 && !filter.Resources.Any(name => TelemetryResource.Matches(name, sender.Service, sender.InstanceId, sender.DisplayName))))
            {
                continue;
            }

            var key = (rows.Text(2), rows.Text(3));
            if (!_found.TryGetValue(key, out var found))
            {
                _found[key] = found = new Found(rows.Text(4), rows.Text(5));
            }

            found.Replicas.Add(sender.DisplayName);
            if (found.Series.Add(rows.Text(7)) && filter.WithValues)
            {
                found.Add((sender.DisplayName, rows.Text(6)), Last(last, rows.Number(0), rows.Text(5), reader.Cleared.Of(rows.Number(1))));
            }
        }

        Descriptions.ReadAll(reader, _descriptions);
    }

    private (long Time, double Value, double Weight)? Last(SqliteStatement last, long series, string type, long cleared)
    {
        last.Bind(1, series).Bind(2, Math.Max(_from, cleared + 1)).Bind(3, _to);
        try
        {
            if (!last.Step())
            {
                return null;
            }

            var sample = PointReader.Read(last, type, null);
            var isMean = SeriesType.Parse(type).Kind is MetricKind.Histogram or MetricKind.Summary;
            return isMean ? (sample.Time, sample.Sum, sample.Number) : (sample.Time, sample.Number, 1);
        }
        finally
        {
            last.Reset();
        }
    }

    /// <summary>One instrument while it is gathered.</summary>
    private sealed class Found(string unit, string type)
    {
        private readonly Dictionary<(string Replica, string Attributes), (long Time, double Value, double Weight)> _last = [];

        public HashSet<string> Series { get; } = [];

        public HashSet<string> Replicas { get; } = [];

        /// <summary>A replica that began anew under other attributes of its own counts once.</summary>
        public void Add((string Replica, string Attributes) key, (long Time, double Value, double Weight)? value)
        {
            if (value is { } newer && (!_last.TryGetValue(key, out var known) || newer.Time > known.Time))
            {
                _last[key] = newer;
            }
        }

        public Instrument ToInstrument(string meter, string name, string description)
        {
            var parsed = SeriesType.Parse(type);
            var isMean = parsed.Kind is MetricKind.Histogram or MetricKind.Summary;
            var (sum, weight) = (_last.Values.Sum(last => last.Value), _last.Values.Sum(last => last.Weight));
            return new Instrument
            {
                Meter = meter,
                Name = name,
                Unit = unit,
                Type = type,
                Description = description,
                Series = Series.Count,
                Replicas = [.. Replicas.Order(StringComparer.OrdinalIgnoreCase)],
                LastTime = _last.Count == 0 ? null : UnixTicks.ToTime(_last.Values.Max(last => last.Time)),
                LastValue = _last.Count == 0 || weight == 0 || (parsed.IsDelta && !isMean) ? null : isMean ? sum / weight : sum,
            };
        }
    }
}
