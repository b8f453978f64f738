using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One search through the segments and the rows that are not committed yet. Synchronous: it runs on a thread of its own.</summary>
internal sealed class LogSearch(
    LogFilter filter, ImmutableArray<SegmentInfo> segments, IReadOnlyList<LogRow> uncommitted, SegmentReaders readers, CancellationToken deadline)
{
    // A page of very large rows must not fill the memory.
    private const long MaxPageBytes = 32L << 20;

    private readonly long _committedId = segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
    private readonly bool _ascending = filter is { AfterId: not null, BeforeId: null };
    private readonly List<LogRow> _rows = [];
    private long _bytes;
    private bool _partial;

    private int Missing => filter.Limit + 1 - _rows.Count;

    public LogPage Run()
    {
        ReadRows();
        var more = _rows.Count > filter.Limit;
        if (more)
        {
            _rows.RemoveRange(filter.Limit, _rows.Count - filter.Limit);
        }

        if (!_ascending)
        {
            _rows.Reverse();
        }

        var total = Count(more);
        var upTo = uncommitted.Count > 0 ? Math.Max(_committedId, uncommitted[^1].Id) : _committedId;
        return _ascending
            ? new LogPage(_rows, total, HasOlder: segments.Any(s => s.Logs > 0 && s.MinId <= filter.AfterId)) { HasNewer = more, IsPartial = _partial, UpToId = upTo }
            : new LogPage(_rows, total, HasOlder: more) { HasNewer = filter.BeforeId is not null, IsPartial = _partial, UpToId = upTo };
    }

    private void ReadRows()
    {
        var inOrder = segments.Where(MayMatch);
        if (_ascending)
        {
            foreach (var segment in inOrder)
            {
                Read(segment);
            }

            Take(uncommitted);
        }
        else
        {
            Take(uncommitted.Reverse());
            foreach (var segment in inOrder.Reverse())
            {
                Read(segment);
            }
        }
    }

    private void Take(IEnumerable<LogRow> rows) => _rows.AddRange(rows.Where(filter.Matches).Take(Math.Max(0, Missing)));

    private void Read(SegmentInfo segment)
    {
        if (Missing > 0 && !_partial)
        {
            With(segment, filter, (reader, conditions) =>
            {
                using var rows = reader.Prepare(
                    $"SELECT id, ts, sev, res, scope, tr, tr2, span, template, body, attrs FROM {conditions.From} WHERE {conditions.Where} "
                    + $"ORDER BY id {(_ascending ? "ASC" : "DESC")} LIMIT {Missing}");
                conditions.BindTo(rows);
                while (!_partial && rows.Step())
                {
                    var row = ToRow(rows, reader);
                    _rows.Add(row);
                    _bytes += row.Size;
                    _partial = _bytes > MaxPageBytes;
                }
            });
        }
    }

    private long Count(bool more)
    {
        if (!filter.CountTotal || (!more && !_partial && filter is { AfterId: null, BeforeId: null }))
        {
            return _rows.Count;
        }

        var everywhere = filter with { AfterId = null, BeforeId = null };
        var total = uncommitted.LongCount(everywhere.Matches);
        var isPlain = filter is { MinSeverity: <= 0, Resources.Count: 0, Search.Terms.Count: 0 } && string.IsNullOrEmpty(filter.TraceId);
        foreach (var segment in segments.Reverse())
        {
            if (isPlain)
            {
                total += segment.Logs;
            }
            else if (segment.Logs > 0)
            {
                With(segment, everywhere, (reader, conditions) =>
                {
                    using var count = reader.Prepare($"SELECT count(*) FROM {conditions.From} WHERE {conditions.Where}");
                    conditions.BindTo(count);
                    total += count.Step() ? count.Number(0) : 0;
                });
            }
        }

        return Math.Max(total, _rows.Count);
    }

    private void With(SegmentInfo segment, LogFilter wanted, Action<SegmentReader, LogConditions> read)
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
            if (LogConditions.Of(wanted, reader, _committedId) is { } conditions)
            {
                read(reader, conditions);
            }
        }
        catch (StoreException e) when (e.IsInterrupted)
        {
            _partial = true;
        }
        catch (StoreException)
        {
            // A damaged segment hides what is in it, not the others.
            reader.IsSpent = true;
            _partial = true;
        }
        finally
        {
            readers.Return(reader);
        }
    }

    private bool MayMatch(SegmentInfo segment) =>
        segment.Logs > 0
        && (filter.BeforeId is not { } before || segment.MinId < before)
        && (filter.AfterId is not { } after || segment.MaxId > after);

    private static LogRow ToRow(SqliteStatement row, SegmentReader reader)
    {
        var resource = reader.Resource(row.Number(3));
        return new LogRow
        {
            Id = row.Number(0),
            Time = UnixTicks.ToTime(row.Number(1)),
            Severity = (int)row.Number(2),
            Service = resource.Service,
            InstanceId = resource.InstanceId,
            DisplayName = resource.DisplayName,
            ResourceAttributesJson = resource.AttributesJson,
            Scope = reader.Scope(row.Number(4)),
            TraceId = row.IsNull(5) ? null : HexId.Trace(row.Number(5), row.Number(6)),
            SpanId = row.IsNull(7) ? null : HexId.Span(row.Number(7)),
            Template = row.IsNull(8) ? null : reader.Template(row.Number(8)),
            Body = row.Text(9),
            AttributesJson = row.Text(10),
        };
    }
}
