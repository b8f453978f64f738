using System.Collections.Immutable;
using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Spans that entered a service, spread evenly over a range of time, however many there are: for charts and percentiles.</summary>
/// <param name="Entries">In no order.</param>
/// <param name="IsComplete">They are all that match, not a part.</param>
internal sealed record TraceSample(IReadOnlyList<SampledEntry> Entries, bool IsComplete)
{
    private const long MaxLookedAt = 1_000_000;
    private const long Wanted = 10_000;
    private const int Pieces = 128;
    private const int TooFew = 1000;

    /// <summary>
    /// Of more spans than wanted each n-th is taken, by chance, since spans arrive in batches by sender. Where even looking at their numbers would take
    /// too long, it is those of short pieces of the time, spread evenly: the work does not grow with the number of requests.
    /// </summary>
    public static TraceSample Take(TraceFilter filter, ImmutableArray<SegmentInfo> segments, SegmentAccess reads)
    {
        var parts = segments.Where(segment => TraceConditions.MayMatch(filter, segment)).Select(segment => Part.Of(filter, segment)).Where(part => part.Spans > 0).Reverse().ToList();
        var spans = parts.Sum(part => part.Spans);
        var one = Math.Max(1, Math.Min(spans, MaxLookedAt) / Wanted);
        var partners = new TracePartners(segments, reads);
        var sample = Take(filter, parts, spans, one, reads, partners);

        // What is wanted is rare among all: then every one counts.
        return one > 1 && sample.Entries.Count < TooFew && !reads.IsPartial ? Take(filter, parts, spans, 1, reads, partners) : sample;
    }

    private static TraceSample Take(TraceFilter filter, List<Part> parts, long spans, long oneOf, SegmentAccess reads, TracePartners partners)
    {
        var entries = new List<SampledEntry>();
        var share = Math.Min(1, (double)MaxLookedAt / Math.Max(1, spans));
        foreach (var part in parts)
        {
            // What failed in the segments around makes an entry of this one one of a trace with an error.
            var failed = filter.HasError is null ? [] : partners.FailedAround(part.Segment);
            reads.Read(part.Segment.File, reader =>
            {
                if (entries.Count < Wanted * 2 && TraceConditions.Of(filter, part.Segment, reader, byError: false) is { } conditions)
                {
                    var rows = new SampleRows(reader, conditions, oneOf, entries);
                    rows.Read(part.First, part.Last, share, filter.HasError == false ? failed : []);
                    if (filter.HasError == true)
                    {
                        rows.ReadTraces(failed, part.First, part.Last);
                    }
                }
            });
        }

        return new TraceSample(entries, oneOf == 1 && share >= 1 && entries.Count < Wanted * 2 && !reads.IsPartial);
    }

    /// <summary>Reads rows of one segment into the sample.</summary>
    private sealed class SampleRows(SegmentReader reader, TraceConditions conditions, long oneOf, List<SampledEntry> entries)
    {
        private const string Select = "SELECT id, tr, tr2, res, name, start, dur, status, http_status FROM ";

        // Rows that arrived together have numbers next to each other: they are mixed well before each n-th is taken.
        private readonly string _chosen = oneOf == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"AND (id % 1000003 * 7919 % 1000003) % {oneOf} = 0 ");

        public void Read(long first, long last, double share, HashSet<TraceKey> without)
        {
            using var rows = reader.Prepare($"{Select}{conditions.From} WHERE {conditions.Where} AND {conditions.Partner} AND id>? AND id<=? {_chosen}ORDER BY id DESC LIMIT ?");
            var next = conditions.BindPartner(rows, conditions.BindTo(rows));
            var piece = share >= 1 ? last - first + 1 : Math.Max(1, (last - first + 1) / Pieces);
            for (; last >= first && entries.Count < Wanted * 2; last -= piece)
            {
                rows.Reset();
                rows.Bind(next, last - Math.Max(1, (long)(piece * share))).Bind(next + 1, last).Bind(next + 2, (Wanted * 2) - entries.Count);
                Take(rows, without);
            }
        }

        /// <summary>Entries of these traces which the segment itself does not tell to be wanted.</summary>
        public void ReadTraces(HashSet<TraceKey> traces, long first, long last)
        {
            using var rows = reader.Prepare($"{Select}spans INDEXED BY spans_tr WHERE {conditions.Where} AND NOT {conditions.Partner} AND id>=? AND id<=? AND tr=? AND tr2=? {_chosen}");
            var next = conditions.BindPartner(rows, conditions.BindTo(rows));
            rows.Bind(next, first).Bind(next + 1, last);
            foreach (var trace in traces.TakeWhile(_ => entries.Count < Wanted * 2))
            {
                rows.Reset();
                rows.Bind(next + 2, trace.High).Bind(next + 3, trace.Low);
                Take(rows, []);
            }
        }

        private void Take(SqliteStatement rows, HashSet<TraceKey> without)
        {
            while (rows.Step())
            {
                var trace = new TraceKey(rows.Number(1), rows.Number(2));
                if (!without.Contains(trace))
                {
                    var resource = reader.Resource(rows.Number(3));
                    entries.Add(new SampledEntry(
                        trace, resource.Service, resource.DisplayName, rows.Text(4), rows.Number(5), rows.Number(6), rows.Number(7) == 2 || rows.NumberOrNull(8) >= 500));
                }
            }
        }
    }

    /// <summary>A segment with the numbers of its rows that may be of the wanted time, and about how many spans that are.</summary>
    private readonly record struct Part(SegmentInfo Segment, long First, long Last, long Spans)
    {
        public static Part Of(TraceFilter filter, SegmentInfo segment)
        {
            var (first, last) = TraceConditions.ArrivalOf(filter, segment);
            var share = (double)(last - first + 1) / (segment.MaxId - segment.MinId + 1);
            return new Part(segment, first, last, share <= 0 ? 0 : Math.Max(1, (long)(segment.Spans * share)));
        }
    }
}

/// <summary>One request to one instance.</summary>
/// <param name="Start">In 100 ns ticks since 1970.</param>
internal readonly record struct SampledEntry(TraceKey Trace, string Service, string Instance, string Name, long Start, long Nanoseconds, bool IsError)
{
    public double Milliseconds => Nanoseconds / 1e6;
}
