using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One search for traces through the segments. Synchronous: it runs on a thread of its own.</summary>
internal sealed class TraceSearch(ImmutableArray<SegmentInfo> segments, SegmentAccess reads)
{
    // What is sorted is held in memory.
    public const int MaxSorted = 500_000;

    private readonly TracePartners _partners = new(segments, reads);

    public FoundTraces Find(TraceFilter filter)
    {
        var newest = filter.Before?.AsOf ?? segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
        var found = filter.ByDuration ? Longest(filter, newest) : InOrder(filter, newest);
        var page = found.Take(filter.Limit).ToList();
        var reader = new TraceReader(segments, reads);
        var traces = page.Select(entry => filter.Whole ? reader.Read(entry.Trace.ToString(), UnixTicks.ToTime(entry.Id)) : reader.ReadHead(entry.Trace, entry.Id)).Where(trace => trace.Spans.Count > 0);
        return new FoundTraces(
            [.. filter.HasError == false ? traces.Where(trace => !trace.HasError) : traces],
            found.Count > filter.Limit ? new TraceCursor(newest, page[^1].Id, filter.ByDuration ? page[^1].Duration : null) : null)
        {
            UpToId = filter.AfterId is not null && found.Count > filter.Limit ? page[^1].Id : newest,
            IsPartial = reads.IsPartial,
        };
    }

    /// <summary>How many traces match, on all pages together, up to a number.</summary>
    public (long Count, bool IsPartial) Count(TraceFilter filter, long most)
    {
        most = Math.Min(most, MaxSorted);
        HashSet<TraceKey> seen = [];
        Walk(filter, long.MaxValue, byError: true, entry =>
        {
            seen.Add(entry.Trace);
            return seen.Count < most;
        });
        return (seen.Count, reads.IsPartial);
    }

    /// <summary>How many traces came after the row that the filter names, counted up to a limit. One that was there before, and of which more arrived, is not new.</summary>
    public int CountNew(TraceFilter filter)
    {
        var after = filter.AfterId ?? 0;
        HashSet<TraceKey> seen = [];
        var count = 0;
        Walk(filter, long.MaxValue, byError: true, entry =>
        {
            if (seen.Add(entry.Trace) && !Exists(filter, entry, entry.Id - TracePartners.Near, after))
            {
                count++;
            }

            return count < filter.Limit;
        });
        return count;
    }

    private List<Entry> InOrder(TraceFilter filter, long newest)
    {
        List<Entry> found = [];
        HashSet<TraceKey> seen = [];
        Walk(filter, newest, byError: true, entry =>
        {
            if (seen.Add(entry.Trace) && !WasListed(filter, entry))
            {
                found.Add(entry);
            }

            return found.Count <= filter.Limit;
        });
        return found;
    }

    private List<Entry> Longest(TraceFilter filter, long newest)
    {
        Dictionary<TraceKey, Entry> longest = [];
        var all = filter with { Before = null };
        Walk(all, newest, byError: false, entry =>
        {
            if (!longest.TryGetValue(entry.Trace, out var known) || known.Duration < entry.Duration)
            {
                longest[entry.Trace] = entry;
            }

            return longest.Count < MaxSorted;
        });
        var (nanoseconds, id) = (filter.Before?.Nanoseconds ?? long.MaxValue, filter.Before?.Id ?? long.MaxValue);
        return
        [
            .. longest.Values.Where(entry => entry.Duration < nanoseconds || (entry.Duration == nanoseconds && entry.Id < id))
                .OrderByDescending(entry => entry.Duration).ThenByDescending(entry => entry.Id).Take(filter.Limit + 1),
        ];
    }

    /// <summary>Newest row first, or oldest first where the filter has a row to begin after; until <paramref name="take"/> has enough.</summary>
    private void Walk(TraceFilter filter, long newest, bool byError, Func<Entry, bool> take)
    {
        var ascending = filter.AfterId is not null;
        var (first, last) = (filter.AfterId + 1 ?? 0, filter.Before is { Nanoseconds: null } before ? before.Id - 1 : newest);
        var more = true;
        foreach (var segment in ascending ? segments.AsEnumerable() : segments.Reverse())
        {
            if (!more || segment.MinId > last || segment.MaxId < first)
            {
                continue;
            }

            reads.Read(segment.File, reader =>
            {
                if (TraceConditions.Of(filter, segment, reader, byError) is not { } conditions)
                {
                    return;
                }

                using var rows = reader.Prepare(
                    $"SELECT id, tr, tr2, dur, {conditions.Partner} FROM {conditions.From} WHERE {conditions.Where} AND id>=? AND id<=? ORDER BY id {(ascending ? "ASC" : "DESC")}");
                var next = conditions.BindTo(rows, conditions.BindPartner(rows));
                rows.Bind(next, first).Bind(next + 1, last);
                while (more && rows.Step())
                {
                    var entry = new Entry(new TraceKey(rows.Number(1), rows.Number(2)), rows.Number(0), rows.Number(3), segment);
                    more = (rows.Number(4) == 0 && !_partners.AreBeside(filter, entry.Trace, entry.Id, segment, byError)) || take(entry);
                }
            });
        }
    }

    /// <summary>The gateway's span of a trace arrives after the replica's: the trace was on a newer page already.</summary>
    private bool WasListed(TraceFilter filter, Entry entry) =>
        filter.Before is { } before && Exists(filter, entry, before.Id, Math.Min(before.AsOf, entry.Id + TracePartners.Near));

    private bool Exists(TraceFilter filter, Entry entry, long first, long last)
    {
        var exists = false;
        foreach (var segment in segments.Where(segment => segment.MaxId >= first && segment.MinId <= last))
        {
            reads.Read(segment.File, reader =>
            {
                if (!exists && TraceConditions.Of(filter, segment, reader, byError: true) is { } conditions)
                {
                    using var rows = reader.Prepare(
                        $"SELECT id, {conditions.Partner} AS partner FROM spans INDEXED BY spans_tr WHERE {conditions.Where} AND tr=? AND tr2=? AND id>=? AND id<=? ORDER BY partner DESC LIMIT 1");
                    var next = conditions.BindTo(rows, conditions.BindPartner(rows));
                    exists = rows.Bind(next, entry.Trace.High).Bind(next + 1, entry.Trace.Low).Bind(next + 2, first).Bind(next + 3, last).Step()
                        && (rows.Number(1) != 0 || _partners.AreBeside(filter, entry.Trace, rows.Number(0), segment, byError: true));
                }
            });
        }

        return exists;
    }

    private readonly record struct Entry(TraceKey Trace, long Id, long Duration, SegmentInfo Segment);
}

/// <summary>The id of a trace as it is stored.</summary>
internal readonly record struct TraceKey(long High, long Low)
{
    public static TraceKey Parse(string traceId) => new(HexId.Parse(traceId.AsSpan(0, 16)), HexId.Parse(traceId.AsSpan(16)));

    public override string ToString() => HexId.Trace(High, Low);
}
