namespace Stack.Dashboard.Storage;

/// <summary>
/// Adds up what points and gateway spans say of each instance: requests, durations, processor, memory, state. Writer thread only.
/// Sums and how far each series was counted are saved in one transaction: after a crash a cumulative series goes on from there, so nothing counts twice.
/// </summary>
internal sealed class InstanceRollup(StorageOptions options, Dictionary<string, RollupBaseline> saved, IEnumerable<(string Sender, long At)> senders)
{
    private const int MaxSenders = 1000;
    private const int MaxRoutes = 200;
    private const int MaxSeries = 20_000;
    private const long MaxSpread = 48 * RollupSteps.Hour;

    private readonly Dictionary<(string Sender, SeriesInfo Series), RollupSeries?> _series = [];
    private readonly Dictionary<string, SenderTimes> _times = TimesOf(senders);
    private readonly Dictionary<(string Service, string DisplayName), SenderName> _senders = [];
    private readonly Dictionary<string, HashSet<string>> _routes = [];
    private readonly HashSet<RollupSeries> _touched = [];
    private readonly RecentSpans _recent = new();
    private readonly RollupSet _open = new();

    /// <summary>Committed in the segment, not saved in meta.db yet.</summary>
    public RollupSet Unsaved { get; } = new();

    public HashSet<RollupSeries> UnsavedSeries { get; } = [];

    /// <summary>Names that meta.db may not know yet.</summary>
    public Dictionary<long, SenderName> Senders { get; } = [];

    public Dictionary<long, string> Routes { get; } = [];

    /// <summary>Requests that were counted as those of another route or instance.</summary>
    public long BeyondCaps { get; private set; }

    public void Add(long arrival, in PointDraft draft)
    {
        if (!RollupSeries.IsMeant(draft.Series.Name) || SeriesOf(draft, arrival) is not { } series)
        {
            return;
        }

        // A sender whose clock is ahead must not write into the future.
        var at = Math.Min(UnixTicks.Of(draft.Row.Time), arrival);
        var start = draft.Row.Start is { } begun ? UnixTicks.Of(begun) : 0;
        if (arrival - at > options.RollupAge.Ticks)
        {
            return;
        }

        if (series.Measure is { } measure)
        {
            AddUsage(series, measure, arrival, start, at, draft.Row.Real ?? draft.Row.Integer ?? 0);
        }
        else if (draft.Row.Histogram is { } point)
        {
            AddServed(series, arrival, start, at, point);
        }
    }

    public void Add(long arrival, ResourceInfo gateway, SpanRow span)
    {
        if (span.Gateway is not { } request || !_recent.Add(span.SpanId))
        {
            return;
        }

        var at = Math.Min(UnixTicks.Of(span.Start) + (span.DurationNanoseconds / 100), arrival);
        AddOne(RequestKind.Answered, arrival, at, IdOf(gateway.Service, gateway.InstanceId, gateway.DisplayName), ClassOf(span.HttpStatus), span.DurationNanoseconds / 1e9);
        for (var i = 0; i < request.Tries.Count; i++)
        {
            var tried = request.Tries[i];
            var asked = i < request.Tries.Count - 1 ? RequestKey.AskedAnother : 0;
            AddOne(RequestKind.Tried, arrival, at, IdOf("", tried.Replica, tried.Replica), ClassOf(tried.Status) + asked, tried.Seconds);
        }
    }

    /// <summary>The segment has been committed.</summary>
    public void Accept()
    {
        _open.MoveTo(Unsaved);
        _recent.Accept();
        foreach (var series in _touched)
        {
            series.Committed = series.Current;
            UnsavedSeries.Add(series);
        }

        _touched.Clear();
    }

    /// <summary>The segment's transaction was undone.</summary>
    public void Undo()
    {
        _open.Clear();
        _recent.Undo();
        foreach (var series in _touched)
        {
            series.Current = series.Committed;
        }

        _touched.Clear();
    }

    /// <summary>meta.db has been committed.</summary>
    public void Saved()
    {
        Unsaved.Clear();
        UnsavedSeries.Clear();
        Senders.Clear();
        Routes.Clear();
    }

    private void AddUsage(RollupSeries series, int measure, long arrival, long start, long at, double value)
    {
        if (!series.IsCounter)
        {
            AddUsage(series, measure, arrival, at, value);
            return;
        }

        var progress = series.Advance(start, at, value);
        _touched.Add(series);
        if (progress is ({ } from, { } grown))
        {
            foreach (var (middle, part) in Spread(from, at))
            {
                AddUsage(series, measure, arrival, middle, grown * part);
            }
        }
    }

    private void AddUsage(RollupSeries series, int measure, long arrival, long at, double value)
    {
        var sender = IdOf(series.Sender.Service, series.Sender.InstanceId, series.Sender.DisplayName);
        foreach (var step in RollupSteps.All)
        {
            if (arrival - at < RollupSteps.Kept(step, options.RollupAge).Ticks)
            {
                _open.Add(new UsageKey(measure, step, RollupSteps.Floor(at, step), sender), new UsageSum(1, value, value));
            }
        }
    }

    private void AddServed(RollupSeries series, long arrival, long start, long at, byte[] point)
    {
        if (!_times.TryGetValue(series.SentBy, out var times))
        {
            _times[series.SentBy] = times = new SenderTimes();
        }

        times.Note(at);
        var progress = series.Advance(start, at, times, point);
        _touched.Add(series);
        if (progress is not ({ } from, { Count: > 0 } counted))
        {
            return;
        }

        var sender = IdOf(series.Sender.Service, series.Sender.InstanceId, series.Sender.DisplayName);
        var route = RouteOf(series);
        foreach (var (middle, part) in Spread(from, at))
        {
            AddMany(arrival, middle, sender, route, series.Class, counted, part);
        }
    }

    /// <summary>What was counted over a longer time (a sender that reports each minute, an outage of the dashboard) is spread over it, not heaped at its end.</summary>
    private static IEnumerable<(long Middle, double Part)> Spread(long from, long at)
    {
        from = Math.Clamp(from, at - MaxSpread, at);
        var span = at - from;
        var parts = span switch
        {
            <= RollupSteps.Live * 3 / 2 => 1,
            <= 2 * RollupSteps.TenMinutes => (int)Math.Ceiling((double)span / RollupSteps.Live),
            _ => (int)Math.Ceiling((double)span / RollupSteps.Minute),
        };
        for (var part = 0; part < parts; part++)
        {
            yield return (from + (long)(span * ((part + 0.5) / parts)), 1.0 / parts);
        }
    }

    private void AddMany(long arrival, long at, long sender, long route, int statusClass, DurationGrid grid, double part)
    {
        foreach (var key in Keys(RequestKind.Served, arrival, at, sender, route, statusClass))
        {
            var sum = _open.Sum(key);
            sum.Count += grid.Count * part;
            sum.Durations.Add(grid, part);
        }
    }

    private void AddOne(RequestKind kind, long arrival, long at, long sender, int statusClass, double? seconds)
    {
        foreach (var key in Keys(kind, arrival, at, sender, RollupNames.AllRoutes, statusClass))
        {
            var sum = _open.Sum(key);
            sum.Count++;
            if (seconds is { } time)
            {
                sum.Durations.Add(time);
            }
        }
    }

    private IEnumerable<RequestKey> Keys(RequestKind kind, long arrival, long at, long sender, long route, int statusClass)
    {
        foreach (var step in RollupSteps.All)
        {
            if (arrival - at < RollupSteps.Kept(step, options.RollupAge).Ticks)
            {
                yield return new RequestKey(kind, step, RollupSteps.Floor(at, step), sender, RollupNames.AllRoutes, statusClass);
            }
        }

        if (route == RollupNames.AllRoutes)
        {
            yield break;
        }

        foreach (var step in RollupSteps.ByRoute)
        {
            var kept = step == RollupSteps.Minute ? RollupSteps.RouteMinutes : options.RollupAge;
            if (arrival - at < kept.Ticks)
            {
                yield return new RequestKey(kind, step, RollupSteps.Floor(at, step), sender, route, statusClass);
            }
        }
    }

    private RollupSeries? SeriesOf(in PointDraft draft, long arrival)
    {
        if (!_series.TryGetValue((draft.Resource.Hash, draft.Series), out var series))
        {
            series = RollupSeries.Of(draft.Resource, draft.Series);
            if (series is not null && saved.Remove(series.Hash, out var baseline))
            {
                series.Current = series.Committed = baseline;
            }

            if (_series.Count >= MaxSeries)
            {
                Forget(arrival);
            }

            _series[(draft.Resource.Hash, draft.Series)] = series;
        }

        return series;
    }

    /// <summary>Lets go of series that no longer come.</summary>
    private void Forget(long now)
    {
        foreach (var (key, series) in _series)
        {
            if (series?.Current is not { } current || now - current.At > MaxSpread)
            {
                _series.Remove(key);
            }
        }
    }

    private long IdOf(string service, string? instance, string displayName)
    {
        if (!_senders.TryGetValue((service, displayName), out var sender))
        {
            if (_senders.Count >= MaxSenders && displayName != RollupNames.Other)
            {
                BeyondCaps++;
                return IdOf(service, null, RollupNames.Other);
            }

            _senders[(service, displayName)] = sender = new SenderName(service, instance, displayName);
        }

        Senders[sender.Id] = sender;
        return sender.Id;
    }

    private long RouteOf(RollupSeries series)
    {
        if (!_routes.TryGetValue(series.Sender.Service, out var known))
        {
            _routes[series.Sender.Service] = known = [];
        }

        var name = series.Route;
        if (!known.Contains(name) && known.Count >= MaxRoutes)
        {
            BeyondCaps++;
            name = RollupNames.Other;
        }
        else
        {
            known.Add(name);
        }

        var id = RollupNames.IdOf(name);
        Routes[id] = name;
        return id;
    }

    private static int ClassOf(int? status) => Math.Clamp((status ?? 0) / 100, 0, 5);

    private static Dictionary<string, SenderTimes> TimesOf(IEnumerable<(string Sender, long At)> senders)
    {
        var times = new Dictionary<string, SenderTimes>();
        foreach (var (sender, at) in senders)
        {
            times[sender] = new SenderTimes();
            times[sender].Note(at);
        }

        return times;
    }
}
