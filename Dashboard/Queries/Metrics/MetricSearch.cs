using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries.Metrics;

/// <summary>Makes one instrument's lines from the segments. Synchronous: it runs on a thread of its own.</summary>
internal sealed class MetricSearch(MetricFilter filter, SegmentWalk walk)
{
    private const int MaxSeries = 4000;
    private const int MaxGatheredLines = 200;

    // Senders that send more seldom than this are drawn with gaps at the beginning of the range.
    private static readonly long Before = TimeSpan.FromMinutes(5).Ticks;

    private readonly TimeAxis _axis = filter.Axis;
    private readonly Dictionary<string, SenderPulse> _pulses = [];
    private readonly Dictionary<string, SeriesTrack?> _tracks = [];
    private readonly Dictionary<(string Replica, string Attributes), LevelTrack> _levels = [];
    private readonly Dictionary<LineKey, LineFigures> _lines = [];
    private readonly DimensionSet _dimensions = new();
    private readonly ExemplarSet _exemplars = new(filter.Axis);
    private Instrument? _instrument;

    /// <summary>Null when nothing of the instrument is in the range.</summary>
    public MetricChart? Run()
    {
        var segments = walk.Between(_axis.From - Math.Max(Before, _axis.Width), _axis.To);
        foreach (var segment in segments.Reverse())
        {
            walk.Read(segment, Look);
        }

        if (_instrument is null)
        {
            return null;
        }

        foreach (var segment in segments)
        {
            walk.Read(segment, reader => Read(segment, reader));
        }

        return Finish(_instrument);
    }

    /// <summary>What the instrument is, and when its senders were heard.</summary>
    private void Look(SegmentReader reader)
    {
        var series = Matching(reader);
        if (series.Count == 0)
        {
            return;
        }

        _instrument ??= new Instrument { Meter = filter.Meter, Name = filter.Instrument, Unit = series[0].Unit, Type = series[0].Type };
        if (_instrument.Description.Length == 0)
        {
            _instrument = _instrument with { Description = Descriptions.Read(reader, filter.Meter, filter.Instrument) };
        }

        new PulseReader(reader, _axis.To).Read(series.Select(row => row.Resource).ToHashSet(), _pulses);
    }

    private List<SeriesRow> Matching(SegmentReader reader) =>
    [
        .. SeriesRow.Read(reader, filter.Meter, filter.Instrument).Where(row => filter.Resources.Count == 0 || filter.Resources.Any(name =>
            reader.Resource(row.Resource) is var sender && TelemetryResource.Matches(name, sender.Service, sender.InstanceId, sender.DisplayName))),
    ];

    private void Read(SegmentInfo segment, SegmentReader reader)
    {
        using var points = new PointReader(reader);
        using var exemplars = new ExemplarReader(reader);
        foreach (var row in Matching(reader))
        {
            var sender = reader.Resource(row.Resource);
            var type = SeriesType.Parse(row.Type);
            if (walk.IsLate || type.Kind != _instrument!.Kind || !_pulses.TryGetValue(sender.Hash, out var pulse))
            {
                walk.IsPartial |= walk.IsLate;
                continue;
            }

            if (TrackOf(row, type, sender.DisplayName) is { } track)
            {
                foreach (var sample in points.Read(row, _axis, pulse, segment))
                {
                    track.Add(sample, pulse, PointReader.IsThinned(type, _axis, pulse));
                }

                _exemplars.Add(exemplars.Read(row, _axis, sender.DisplayName));
                track.Seen(pulse);
            }
        }
    }

    /// <summary>Null when the series is not wanted.</summary>
    private SeriesTrack? TrackOf(SeriesRow row, SeriesType type, string replica)
    {
        if (_tracks.TryGetValue(row.Hash, out var known))
        {
            return known;
        }

        if (_tracks.Count >= MaxSeries)
        {
            walk.IsPartial = true;
            return null;
        }

        var attributes = row.Attributes();
        _dimensions.Add(attributes);
        return _tracks[row.Hash] = filter.Dimensions.All(wanted => attributes.GetValueOrDefault(wanted.Key, "") == wanted.Value)
            ? NewTrack(row, type, replica, LineOf(attributes, replica))
            : null;
    }

    private SeriesTrack NewTrack(SeriesRow row, SeriesType type, string replica, LineFigures line)
    {
        if (type.IsFlow)
        {
            return new FlowTrack(line, _axis, type.IsDelta);
        }

        return _levels.TryGetValue((replica, row.AttributesJson), out var level) ? level : _levels[(replica, row.AttributesJson)] = new LevelTrack(line, _axis);
    }

    private LineFigures LineOf(Dictionary<string, string> attributes, string replica)
    {
        var key = new LineKey(
            filter.ByReplica ? replica : null, filter.SplitBy is { } split ? attributes.GetValueOrDefault(split, "") : null);
        if (!_lines.ContainsKey(key) && _lines.Count >= MaxGatheredLines)
        {
            key = new LineKey(filter.ByReplica ? LineKey.Rest : null, filter.SplitBy is null ? null : LineKey.Rest);
        }

        return _lines.TryGetValue(key, out var line) ? line : _lines[key] = new LineFigures(_axis);
    }

    private MetricChart Finish(Instrument instrument)
    {
        foreach (var track in _tracks.Values)
        {
            track?.End();
        }

        var isFlow = SeriesType.Parse(instrument.Type).IsFlow;
        var lines = LineLimit.Apply(_lines, filter.MaxLines, isFlow, _axis);
        if (isFlow && _pulses.Count > 0)
        {
            var (end, atLeast) = EndOfFlow();
            foreach (var line in lines)
            {
                line.Figures.EndFlow(end, atLeast);
            }
        }

        return new MetricChart
        {
            Instrument = instrument,
            Axis = _axis,
            Lines = lines,
            Dimensions = _dimensions.ToList(),
            Exemplars = _exemplars.ToList(),
            Series = _tracks.Values.Count(track => track is not null),
            IsPartial = walk.IsPartial,
        };
    }

    // Until when all have sent that still do; one that has fallen silent is not waited for.
    private (long End, long AtLeast) EndOfFlow()
    {
        var latest = _pulses.Values.Max(pulse => pulse.Last);
        var present = _pulses.Values.Where(pulse => pulse.Last >= latest - (5 * pulse.Interval / 2)).ToList();
        return (present.Min(pulse => pulse.Last), Math.Max(present.Max(pulse => pulse.Interval), _axis.Width / 4));
    }
}
