using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One search for single spans through the segments. Synchronous: it runs on a thread of its own.</summary>
internal sealed class SpanSearch(SpanFilter filter, ImmutableArray<SegmentInfo> segments, SegmentReaders readers, CancellationToken deadline)
{
    // A page of very large rows must not fill the memory.
    private const long MaxPageBytes = 32L << 20;

    private readonly SegmentAccess _access = new(readers, deadline);
    private readonly long _committedId = segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
    private readonly List<StoredSpan> _spans = [];
    private readonly HashSet<(string Trace, string Span, string Sender)> _seen = [];
    private long _bytes;

    private bool IsAscending => filter.AfterId is not null;

    private bool IsFull => _spans.Count > filter.Limit || _bytes > MaxPageBytes;

    public SpanPage Run()
    {
        foreach (var segment in (IsAscending ? segments : segments.Reverse()).Where(MayMatch).TakeWhile(_ => !IsFull))
        {
            _access.Read(segment.File, reader => Read(reader));
        }

        var more = _spans.Count > filter.Limit;
        if (more)
        {
            _spans.RemoveAt(filter.Limit);
        }

        if (!IsAscending)
        {
            _spans.Reverse();
        }

        var isAll = !more && !IsAscending && _bytes <= MaxPageBytes;
        var total = isAll || filter.CountUpTo == 0 ? _spans.Count : Count();
        return new SpanPage(_spans, Math.Max(total, _spans.Count))
        {
            HasNewer = IsAscending && (more || _bytes > MaxPageBytes),
            UpToId = _committedId,
            IsCounted = isAll || (filter.CountUpTo > 0 && total < filter.CountUpTo),
            IsPartial = _access.IsPartial || (!IsAscending && _bytes > MaxPageBytes),
        };
    }

    private void Read(SegmentReader reader)
    {
        if (SpanConditions.Of(filter, reader, _committedId) is not { } conditions)
        {
            return;
        }

        using var rows = reader.Prepare($"SELECT {SpanColumns.All} FROM {conditions.From} WHERE {conditions.Where} ORDER BY id {(IsAscending ? "ASC" : "DESC")}");
        conditions.BindTo(rows);
        while (!IsFull && rows.Step())
        {
            var span = SpanColumns.Read(rows, reader);
            // A batch whose answer got lost was sent twice.
            if (filter.Terms.All(term => term.Matches(span)) && _seen.Add((span.Row.TraceId, span.Row.SpanId, span.Resource.DisplayName)))
            {
                _spans.Add(span);
                _bytes += span.Row.Size;
            }
        }
    }

    private long Count()
    {
        var everywhere = filter with { AfterId = null };
        var total = 0L;
        foreach (var segment in segments.Reverse().Where(segment => segment.Spans > 0).TakeWhile(_ => total < filter.CountUpTo))
        {
            _access.Read(segment.File, reader => total += CountIn(reader, everywhere, filter.CountUpTo - total));
        }

        return total;
    }

    private long CountIn(SegmentReader reader, SpanFilter everywhere, long most)
    {
        if (SpanConditions.Of(everywhere, reader, _committedId) is not { } conditions)
        {
            return 0;
        }

        var isAsked = everywhere.Terms.Count > 0;
        var from = $"FROM {conditions.From} WHERE {conditions.Where}";
        using var rows = reader.Prepare(isAsked ? $"SELECT {SpanColumns.All} {from}" : $"SELECT count(*) FROM (SELECT 1 {from} LIMIT {most})");
        conditions.BindTo(rows);
        if (!isAsked)
        {
            return rows.Step() ? rows.Number(0) : 0;
        }

        var count = 0L;
        while (count < most && rows.Step())
        {
            var span = SpanColumns.Read(rows, reader);
            count += everywhere.Terms.All(term => term.Matches(span)) ? 1 : 0;
        }

        return count;
    }

    private bool MayMatch(SegmentInfo segment) =>
        segment.Spans > 0
        && (filter.AfterId is not { } after || segment.MaxId > after)
        && (filter.From is not { } from || segment.MaxTs >= UnixTicks.Of(from))
        && (filter.To is not { } to || segment.MinTs < UnixTicks.Of(to));
}
