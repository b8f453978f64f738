namespace Stack.Dashboard.Queries.Metrics;

/// <summary>A series whose last value counts. Those of one replica before and after a restart are the same series: only the newer value counts.</summary>
internal sealed class LevelTrack(LineFigures line, TimeAxis axis) : SeriesTrack
{
    private readonly double?[] _values = new double?[axis.Parts];
    private readonly long[] _times = new long[axis.Parts];
    private (long Time, double Value)? _before;
    private bool _isEnded;
    private long _heardUntil;
    private long _hold;

    public override void Add(Sample sample, SenderPulse pulse, bool isThinned)
    {
        var part = axis.PartOf(sample.Time);
        if (part >= axis.Parts)
        {
            return;
        }

        if (part >= 0 && (_values[part] is null || sample.Time > _times[part]))
        {
            (_values[part], _times[part]) = (sample.Number, sample.Time);
        }
        else if (part < 0 && sample.Time > (_before?.Time ?? long.MinValue))
        {
            _before = (sample.Time, sample.Number);
        }
    }

    public override void Seen(SenderPulse pulse)
    {
        _heardUntil = Math.Max(_heardUntil, pulse.Last + (2 * pulse.Interval));
        _hold = Math.Max(_hold, pulse.Hold);
    }

    /// <summary>Fills the parts in which nothing was written because nothing had changed.</summary>
    public override void End()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        var last = _before;
        for (var part = 0; part < axis.Parts; part++)
        {
            if (_values[part] is { } value)
            {
                last = (_times[part], value);
            }
            else if (last is { } held && axis.StartOf(part) <= Math.Min(held.Time + _hold, _heardUntil))
            {
                _values[part] = held.Value;
            }
        }

        line.AddLevels(_values);
    }
}
