using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Reads the spans of one trace, wherever they are.</summary>
internal sealed class TraceReader(ImmutableArray<SegmentInfo> segments, SegmentAccess reads)
{
    public const int MaxSpans = 2000;
    private const int MaxHeadSpans = 500;

    /// <summary>The whole trace.</summary>
    /// <param name="traceId">32 hexadecimal digits.</param>
    /// <param name="around">When it began, as far as known: the segments around that are read, then those around what is found there, the others only when something is missing.</param>
    public StoredTrace Read(string traceId, DateTimeOffset? around)
    {
        var spans = new Found(TraceKey.Parse(traceId), MaxSpans);
        var rest = segments;
        var (first, last) = around is { } time ? (UnixTicks.Of(time), UnixTicks.Of(time)) : (long.MinValue / 2, long.MaxValue / 2);
        while (Around(rest, first, last) is { IsEmpty: false } near)
        {
            Read(near, spans, SpanColumns.All);
            rest = [.. rest.Except(near)];
            (first, last) = spans.Widen(first, last);
        }

        if (spans.LacksParent)
        {
            Read(rest, spans, SpanColumns.All);
            rest = [];
        }

        return spans.ToTrace() with { IsPartial = reads.IsPartial, IsNarrow = rest.Any(segment => segment.Spans > 0) };
    }

    /// <summary>What a line of the list says: no events, no links, and attributes only of what entered a service.</summary>
    public StoredTrace ReadHead(TraceKey trace, long arrival)
    {
        var spans = new Found(trace, MaxHeadSpans);
        Read(Around(segments, arrival, arrival), spans, SpanColumns.Brief);
        return spans.ToTrace();
    }

    // By arrival, or by the senders' time: of a late one they are not alike.
    private static ImmutableArray<SegmentInfo> Around(ImmutableArray<SegmentInfo> from, long first, long last)
    {
        (first, last) = (first - TracePartners.Near, last + TracePartners.Near);
        return [.. from.Where(segment => (segment.MinId <= last && segment.MaxId >= first) || (segment.MinTs <= last && segment.MaxTs >= first))];
    }

    private void Read(ImmutableArray<SegmentInfo> from, Found spans, string columns)
    {
        foreach (var segment in from.Where(segment => segment.Spans > 0))
        {
            reads.Read(segment.File, reader =>
            {
                using var rows = reader.Prepare($"SELECT {columns} FROM spans INDEXED BY spans_tr WHERE tr=? AND tr2=?{reader.NotCleared} LIMIT {MaxSpans + 1}");
                rows.Bind(1, spans.Key.High).Bind(2, spans.Key.Low);
                while (!spans.IsFull && rows.Step())
                {
                    spans.Add(SpanColumns.Read(rows, reader));
                }
            });
        }
    }

    /// <summary>The spans so far, each once: a batch whose answer got lost was sent twice.</summary>
    private sealed class Found(TraceKey key, int most)
    {
        private readonly Dictionary<(string Span, string Sender), StoredSpan> _spans = [];

        public TraceKey Key => key;

        public bool IsFull { get; private set; }

        /// <summary>Also when there is nothing at all.</summary>
        public bool LacksParent
        {
            get
            {
                var known = _spans.Keys.Select(entry => entry.Span).ToHashSet();
                return _spans.Count == 0 || _spans.Values.Any(span => span.Row.ParentSpanId is { } parent && !known.Contains(parent));
            }
        }

        /// <summary>A time that holds all of them too.</summary>
        public (long First, long Last) Widen(long first, long last) =>
            (_spans.Values.Select(span => span.Start).Append(first).Min(), _spans.Values.Select(span => Math.Max(span.End, span.Id)).Append(last).Max());

        public void Add(StoredSpan span)
        {
            if (_spans.Count == most)
            {
                IsFull = true;
                return;
            }

            _spans.TryAdd((span.Row.SpanId, span.Resource.DisplayName), span);
        }

        public StoredTrace ToTrace() =>
            new(key.ToString(), [.. _spans.Values.OrderBy(span => span.Start).ThenByDescending(span => span.End).ThenBy(span => span.Id)]) { IsCut = IsFull };
    }
}
