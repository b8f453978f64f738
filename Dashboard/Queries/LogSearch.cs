using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>One search through the segments and the rows that are not committed yet. Synchronous: it runs on a thread of its own.</summary>
internal sealed class LogSearch(
    LogFilter filter, ImmutableArray<SegmentInfo> segments, IReadOnlyList<LogRow> uncommitted, SegmentReaders readers, SearchTime time)
{
    // A page of very large rows must not fill the memory.
    private const long MaxPageBytes = 32L << 20;

    // A search looks at so many rows before it sees whether it has taken long enough for now.
    private const int SliceRows = 50_000;

    private readonly SegmentAccess _access = new(readers, time.Deadline);
    private readonly long _committedId = segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max();
    private readonly bool _ascending = filter is { AfterId: not null, BeforeId: null };
    private readonly List<LogRow> _rows = [];
    private long _bytes;
    private long? _searchedTo;
    private bool _isCut;

    private int Missing => filter.Limit + 1 - _rows.Count;

    private bool IsEnded => Missing <= 0 || _isCut || _searchedTo is not null;

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

        var isComplete = !more && !_access.IsPartial && _searchedTo is null;
        var (total, isCounted) = filter.CountUpTo > 0 && !(isComplete && filter is { AfterId: null, BeforeId: null }) ? Count() : (_rows.Count, isComplete);
        var page = new LogPage(_rows, Math.Max(total, _rows.Count), HasOlder: more)
        {
            IsPartial = _access.IsPartial,
            IsCounted = isCounted,
            SearchedTo = more ? null : _searchedTo,
            UpToId = uncommitted.Count > 0 ? Math.Max(_committedId, uncommitted[^1].Id) : _committedId,
        };
        return _ascending
            ? page with { HasOlder = segments.Any(s => s.Logs > 0 && s.MinId <= filter.AfterId), HasNewer = more }
            : page with { HasNewer = filter.BeforeId is not null };
    }

    private void ReadRows()
    {
        var inOrder = segments.Where(MayMatch);
        if (_ascending)
        {
            foreach (var segment in inOrder)
            {
                Read(segment, filter);
            }

            Take(uncommitted);
        }
        else
        {
            Take(uncommitted.Reverse());
            foreach (var slice in inOrder.Reverse().SelectMany(Slices))
            {
                Read(slice.Segment, filter with { AfterId = slice.After, BeforeId = slice.Before });
                if (!IsEnded && time.IsUp)
                {
                    _searchedTo = slice.After + 1;
                }
            }
        }
    }

    private void Take(IEnumerable<LogRow> rows) => _rows.AddRange(rows.Where(filter.Matches).Take(Math.Max(0, Missing)));

    /// <summary>The parts of a segment to look through one after the other, newest first.</summary>
    private IEnumerable<(SegmentInfo Segment, long? After, long? Before)> Slices(SegmentInfo segment)
    {
        var last = Math.Min(segment.MaxId, filter.BeforeId - 1 ?? long.MaxValue);
        var first = Math.Max(segment.MinId, filter.AfterId + 1 ?? 0);
        var share = (double)(last - first) / Math.Max(1, segment.MaxId - segment.MinId);
        var count = filter.Search.Terms.Count == 0 ? 1 : (int)Math.Ceiling(share * segment.Logs / SliceRows);
        var step = (last - first) / Math.Max(1, count) + 1;
        for (var before = last + 1; before > first; before -= step)
        {
            yield return (segment, Math.Max(first, before - step) - 1, before);
        }
    }

    private void Read(SegmentInfo segment, LogFilter wanted)
    {
        if (IsEnded)
        {
            return;
        }

        var found = _rows.Count;
        var isRead = Conditions(segment, wanted, (reader, conditions) =>
        {
            using var rows = reader.Prepare(
                $"SELECT {LogColumns.All} FROM {conditions.From} WHERE {conditions.Where} ORDER BY id {(_ascending ? "ASC" : "DESC")} LIMIT {Missing}");
            conditions.BindTo(rows);
            while (!_isCut && rows.Step())
            {
                var row = LogColumns.Read(rows, reader);
                _rows.Add(row);
                _bytes += row.Size;
                _isCut = _bytes > MaxPageBytes;
            }
        });
        _isCut |= !isRead;
        _access.IsPartial |= _isCut;
        if (!isRead && !_ascending)
        {
            // Down to the last one that was found nothing was left out.
            _searchedTo = _rows.Count > found ? _rows[^1].Id : wanted.BeforeId;
        }
    }

    private (long Total, bool IsCounted) Count()
    {
        var everywhere = filter with { AfterId = null, BeforeId = null };
        var total = uncommitted.LongCount(everywhere.Matches);
        if (filter is { MinSeverity: <= 0, Resources.Count: 0, Search.Terms.Count: 0, From: null, To: null } && readers.Cleared().IsEmpty && string.IsNullOrEmpty(filter.TraceId))
        {
            return (total + segments.Sum(segment => segment.Logs), true);
        }

        using var late = time.ForCounting();
        var access = new SegmentAccess(readers, late.Token);
        foreach (var segment in segments.Reverse().Where(MayMatchTime).TakeWhile(_ => total < filter.CountUpTo))
        {
            Conditions(segment, everywhere, (reader, conditions) =>
            {
                using var count = reader.Prepare($"SELECT count(*) FROM (SELECT 1 FROM {conditions.From} WHERE {conditions.Where} LIMIT {filter.CountUpTo - total})");
                conditions.BindTo(count);
                total += count.Step() ? count.Number(0) : 0;
            }, access);
        }

        return (total, !access.IsPartial && total < filter.CountUpTo);
    }

    private bool Conditions(SegmentInfo segment, LogFilter wanted, Action<SegmentReader, LogConditions> read, SegmentAccess? access = null) =>
        (access ?? _access).Read(segment.File, reader =>
        {
            if (LogConditions.Of(wanted, reader, _committedId, segment) is { } conditions)
            {
                read(reader, conditions);
            }
        });

    private bool MayMatch(SegmentInfo segment) =>
        MayMatchTime(segment)
        && (filter.BeforeId is not { } before || segment.MinId < before)
        && (filter.AfterId is not { } after || segment.MaxId > after);

    private bool MayMatchTime(SegmentInfo segment) => segment.Logs > 0 && segment.MayHold(filter.From, filter.To);
}
