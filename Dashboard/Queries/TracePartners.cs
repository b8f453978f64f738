using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>
/// Traces with an error are found by two spans: the one that failed and the one that entered. When a segment ended between them, the other one is in a segment beside; under much load there are several.
/// </summary>
internal sealed class TracePartners(ImmutableArray<SegmentInfo> segments, SegmentAccess reads)
{
    /// <summary>Spans of a trace arrive within so long of each other; those that do not are looked for when somebody opens the trace.</summary>
    public static readonly long Near = TimeSpan.FromMinutes(10).Ticks;

    private readonly Dictionary<TraceKey, bool> _entered = [];
    private readonly Dictionary<(string File, string Of), HashSet<TraceKey>> _failed = [];

    /// <summary>Whether the segments beside have what a row's own segment lacks.</summary>
    /// <param name="filter">What is wanted; nothing is beside unless it is errors.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="id">The row.</param>
    /// <param name="segment">Its segment.</param>
    /// <param name="byError">The row is the span that failed; else the one that entered.</param>
    public bool AreBeside(TraceFilter filter, TraceKey trace, long id, SegmentInfo segment, bool byError)
    {
        if (filter.HasError != true || (id - segment.MinId > Near && segment.MaxId - id > Near))
        {
            return false;
        }

        if (!byError)
        {
            return Beside(segment, id).Any(other => FailedIn(other, segment).Contains(trace));
        }

        if (!_entered.TryGetValue(trace, out var isEntered))
        {
            _entered[trace] = isEntered = Beside(segment, id).Any(other => IsEntered(filter with { HasError = null }, trace, other));
        }

        return isEntered;
    }

    /// <summary>The traces that failed in the segments around one.</summary>
    public HashSet<TraceKey> FailedAround(SegmentInfo segment) =>
        [.. Beside(segment, segment.MinId).Union(Beside(segment, segment.MaxId)).SelectMany(other => FailedIn(other, segment))];

    private IEnumerable<SegmentInfo> Beside(SegmentInfo segment, long id) =>
        segments.Where(other => other.File != segment.File && other.Spans > 0 && other.MinId <= id + Near && other.MaxId >= id - Near);

    private bool IsEntered(TraceFilter filter, TraceKey trace, SegmentInfo segment)
    {
        var isEntered = false;
        reads.Read(segment.File, reader =>
        {
            if (TraceConditions.Of(filter, segment, reader, byError: false) is { } conditions)
            {
                using var rows = reader.Prepare($"SELECT 1 FROM spans INDEXED BY spans_tr WHERE {conditions.Where} AND tr=? AND tr2=? LIMIT 1");
                var next = conditions.BindTo(rows);
                isEntered = rows.Bind(next, trace.High).Bind(next + 1, trace.Low).Step();
            }
        });
        return isEntered;
    }

    // Of entries there are many, of errors few: they are read once.
    private HashSet<TraceKey> FailedIn(SegmentInfo other, SegmentInfo segment)
    {
        if (!_failed.TryGetValue((other.File, segment.File), out var failed))
        {
            _failed[(other.File, segment.File)] = failed = [];
            reads.Read(other.File, reader =>
            {
                using var rows = reader.Prepare($"SELECT tr, tr2 FROM spans INDEXED BY spans_errors WHERE status=2{reader.NotCleared} AND id>=? AND id<=?");
                rows.Bind(1, segment.MinId - Near).Bind(2, segment.MaxId + Near);
                while (rows.Step())
                {
                    failed.Add(new TraceKey(rows.Number(0), rows.Number(1)));
                }
            });
        }

        return failed;
    }
}
