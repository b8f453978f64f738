using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Reads the spans of one trace, wherever they are.</summary>
internal sealed class TraceReader(ImmutableArray<SegmentInfo> segments, SegmentAccess reads)
{
    public const int MaxSpans = 2000;
    private const int MaxHeadSpans = 500;

    // The spans of a request are about as old as each other; those that are not are looked for when somebody opens the trace.
    private static readonly long Near = TimeSpan.FromMinutes(10).Ticks;

    /// <summary>The whole trace.</summary>
    /// <param name="traceId">32 hexadecimal digits.</param>
    /// <param name="around">When it began, as far as known: the segments around that are read, the others only when something is missing there.</param>
    public StoredTrace Read(string traceId, DateTimeOffset? around)
    {
        var spans = new Found(TraceKey.Parse(traceId), MaxSpans);
        var near = around is { } time ? Around(UnixTicks.Of(time)) : segments;
        Read(near, spans, SpanColumns.All);
        if (near.Length < segments.Length && spans.LacksParent)
        {
            Read([.. segments.Except(near)], spans, SpanColumns.All);
        }

        return spans.ToTrace() with { IsPartial = reads.IsPartial };
    }

    /// <summary>What a line of the list says: no events, no links, and attributes only of what entered a service.</summary>
    public StoredTrace ReadHead(TraceKey trace, long arrival)
    {
        var spans = new Found(trace, MaxHeadSpans);
        Read(Around(arrival), spans, SpanColumns.Brief);
        return spans.ToTrace();
    }

    private ImmutableArray<SegmentInfo> Around(long ticks) =>
        [.. segments.Where(segment => segment.MinId <= ticks + Near && segment.MaxId >= ticks - Near || segment.MinTs <= ticks + Near && segment.MaxTs >= ticks - Near)];

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
