namespace Stack.Dashboard.Queries.Metrics;

/// <summary>
/// A series that counts: what matters is what came between two samples, and when. It may begin anew at any time, and is silent while nothing changes;
/// what came while nobody listened is left out, since nobody knows when it was.
/// </summary>
internal sealed class FlowTrack(LineFigures line, TimeAxis axis, bool isDelta) : SeriesTrack
{
    private Sample? _last;
    private SenderPulse? _pulse;

    public override void Add(Sample sample, SenderPulse pulse, bool isThinned)
    {
        if (_last is not null && sample.Time <= _last.Time)
        {
            return;
        }

        var last = _last;
        _last = sample;
        var isNear = last is not null && sample.Time - last.Time <= pulse.Hold + (isThinned ? axis.Width : 0);
        var heardFrom = isNear ? last!.Time : (long?)null;
        var from = Math.Max(Earliest(sample, pulse, isThinned), heardFrom ?? 0);
        if (isDelta)
        {
            Count(sample, null, from, heardFrom);
        }
        else if (last is null || IsNewRun(last, sample))
        {
            if (isNear || sample.RunStart >= sample.Time - pulse.Hold || (last is null && sample.Time > pulse.First + pulse.Hold))
            {
                Count(sample, null, Math.Max(from, sample.RunStart ?? 0), heardFrom);
            }

            // Else the total is from a time that nobody knows: of an old sender that was heard for the first time.
        }
        else if (isNear)
        {
            Count(sample, last, from, heardFrom);
        }
    }

    public override void Seen(SenderPulse pulse) => _pulse = pulse;

    public override void End()
    {
        if (_last is not null && _pulse is not null)
        {
            Hear(_last.Time, Math.Min(_last.Time + _pulse.Hold, _pulse.Last));
        }
    }

    // Nothing is written while nothing changes, so what changed did so just before the sample; of thinned ones, in the sample's part.
    private long Earliest(Sample sample, SenderPulse pulse, bool isThinned) =>
        (isThinned ? axis.StartOf(axis.PartOf(sample.Time)) : sample.Time) - pulse.Interval;

    private static bool IsNewRun(Sample last, Sample sample) => sample.RunStart > last.Time || sample.Number < last.Number;

    private void Count(Sample sample, Sample? since, long from, long? heardFrom)
    {
        var count = sample.Number - (since?.Number ?? 0);
        var sum = sample.Sum - (since?.Sum ?? 0);
        var grid = sample.Histogram is { } histogram && count > 0 ? histogram.Since(since?.Histogram) : null;
        from = Math.Min(from, sample.Time - 1);
        Hear(heardFrom ?? from, sample.Time);
        foreach (var (part, share) in Shares(from, sample.Time))
        {
            line.AddFlow(part, count * share, sum * share);
            if (grid is not null)
            {
                line.AddGrid(part, grid, share);
            }

            foreach (var (quantile, value) in sample.Quantiles ?? new Dictionary<double, double>())
            {
                line.AddQuantile(part, quantile, value);
            }
        }
    }

    private void Hear(long from, long to)
    {
        foreach (var (part, _) in Shares(from, to))
        {
            line.Hear(part);
        }
    }

    /// <summary>The parts that the time after <paramref name="from"/> up to <paramref name="to"/> touches, and how much of it is in each.</summary>
    private IEnumerable<(int Part, double Share)> Shares(long from, long to)
    {
        if (to <= from)
        {
            yield break;
        }

        var last = Math.Min(axis.Parts - 1, axis.PartOf(to - 1));
        for (var part = Math.Max(0, axis.PartOf(from)); part <= last; part++)
        {
            var overlap = Math.Min(to, axis.StartOf(part + 1)) - Math.Max(from, axis.StartOf(part));
            if (overlap > 0)
            {
                yield return (part, (double)overlap / (to - from));
            }
        }
    }
}
