using System.Collections.Immutable;
using System.Globalization;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One search for traces through the segments. Synchronous: it runs on a thread of its own.</summary>
internal sealed class TraceSearch(ImmutableArray<SegmentInfo> segments, SegmentReaders readers, CancellationToken deadline)
{
    private const int MaxSpans = 2000;
    private const string Columns = "id, span, parent, res, scope, name, kind, start, dur, status, status_text, route, http_status, attrs, events, links";

    private bool _partial;

    public FoundTraces Find(TraceFilter filter)
    {
        List<(string TraceId, long Id)> entries = [];
        HashSet<string> seen = [];
        foreach (var segment in segments.Reverse().Where(segment => segment.Spans > 0 && (filter.BeforeId is not { } before || segment.MinId < before)))
        {
            if (entries.Count > filter.Limit)
            {
                break;
            }

            With(segment, reader => AddEntries(reader, filter, entries, seen));
        }

        var traces = entries.Take(filter.Limit).Select(entry => Read(entry.TraceId)).ToList();
        return new FoundTraces(traces, entries.Count > filter.Limit ? entries[filter.Limit - 1].Id : null) { IsPartial = _partial };
    }

    public StoredTrace Read(string traceId)
    {
        Dictionary<(string Span, string Sender), StoredSpan> spans = [];
        foreach (var segment in segments.Where(segment => segment.Spans > 0))
        {
            With(segment, reader =>
            {
                using var rows = reader.Prepare($"SELECT {Columns} FROM spans INDEXED BY spans_tr WHERE tr=? AND tr2=?{reader.NotCleared} LIMIT {MaxSpans}");
                rows.Bind(1, HexId.Parse(traceId.AsSpan(0, 16))).Bind(2, HexId.Parse(traceId.AsSpan(16)));
                while (spans.Count < MaxSpans && rows.Step())
                {
                    // A batch whose answer got lost was sent twice.
                    var span = ToSpan(traceId, rows, reader);
                    spans.TryAdd((span.Row.SpanId, span.Resource.DisplayName), span);
                }
            });
        }

        return new StoredTrace(traceId, [.. spans.Values.OrderBy(span => span.Start).ThenByDescending(span => span.End).ThenBy(span => span.Id)]);
    }

    private void AddEntries(SegmentReader reader, TraceFilter filter, List<(string TraceId, long Id)> entries, HashSet<string> seen)
    {
        if (Where(reader, filter) is not { } where)
        {
            return;
        }

        using var rows = reader.Prepare($"SELECT id, tr, tr2 FROM spans WHERE {where} AND id<?{reader.NotCleared} ORDER BY id DESC");
        rows.Bind(1, filter.BeforeId ?? long.MaxValue);
        while (entries.Count <= filter.Limit && rows.Step())
        {
            var trace = HexId.Trace(rows.Number(1), rows.Number(2));
            if (!seen.Add(trace) || IsOfEarlierPage(reader, rows, filter) || (filter.HasError == false && Read(trace).HasError))
            {
                continue;
            }

            entries.Add((trace, rows.Number(0)));
        }
    }

    /// <summary>The gateway's span of a trace arrives after the replica's: the trace was on a newer page already.</summary>
    private static bool IsOfEarlierPage(SegmentReader reader, SqliteStatement entry, TraceFilter filter)
    {
        if (filter.BeforeId is not { } before)
        {
            return false;
        }

        using var newer = reader.Prepare("SELECT 1 FROM spans INDEXED BY spans_tr WHERE tr=? AND tr2=? AND entry=1 AND id>=? LIMIT 1");
        return newer.Bind(1, entry.Number(1)).Bind(2, entry.Number(2)).Bind(3, before).Step();
    }

    /// <summary>Null when nothing in the segment can match.</summary>
    private static string? Where(SegmentReader reader, TraceFilter filter)
    {
        // An error may be deep inside of a trace; the conditions are word by word those of the indexes.
        var where = filter.HasError == true ? "status=2" : "entry=1";
        if (filter.Resources.Count == 0)
        {
            return where;
        }

        var wanted = reader.Resources()
            .Where(r => filter.Resources.Any(name => TelemetryResource.Matches(name, r.Info.Service, r.Info.InstanceId, r.Info.DisplayName)))
            .Select(r => r.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        return wanted.Count == 0 ? null : $"{where} AND +res IN ({string.Join(',', wanted)})";
    }

    private void With(SegmentInfo segment, Action<SegmentReader> read)
    {
        if (deadline.IsCancellationRequested)
        {
            _partial = true;
            return;
        }

        if (readers.Rent(segment.File) is not { } reader)
        {
            return;
        }

        using var interrupt = deadline.Register(reader.Interrupt);
        try
        {
            read(reader);
        }
        catch (StoreException e)
        {
            // Interrupted, or damaged: what is in this segment is missing, not the others.
            reader.IsSpent = !e.IsInterrupted;
            _partial = true;
        }
        finally
        {
            readers.Return(reader);
        }
    }

    private static StoredSpan ToSpan(string traceId, SqliteStatement row, SegmentReader reader) => new(
        row.Number(0),
        reader.Resource(row.Number(3)),
        reader.Scope(row.Number(4)),
        new SpanRow
        {
            TraceId = traceId,
            SpanId = HexId.Span(row.Number(1)),
            ParentSpanId = row.IsNull(2) ? null : HexId.Span(row.Number(2)),
            Name = row.Text(5),
            Kind = (int)row.Number(6),
            Start = UnixTicks.ToTime(row.Number(7)),
            DurationNanoseconds = row.Number(8),
            Status = (int)row.Number(9),
            StatusMessage = row.TextOrNull(10),
            Route = row.TextOrNull(11),
            HttpStatus = (int?)row.NumberOrNull(12),
            AttributesJson = row.Text(13),
            EventsJson = row.TextOrNull(14),
            LinksJson = row.TextOrNull(15),
        });
}
