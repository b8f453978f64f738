namespace Stack.Dashboard.Storage;

/// <summary>The newest log rows in memory, bounded by number and by bytes; written by one thread, read by any.</summary>
internal sealed class LiveRing(int capacity, long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly LogRow?[] _rows = new LogRow?[Math.Max(1, capacity)];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>Id of the newest row that fell out of the ring; 0 = none did.</summary>
    public long LastEvictedId { get; private set; }

    public void Add(LogRow row)
    {
        lock (_gate)
        {
            while (_count > 0 && (_count == _rows.Length || _bytes + row.Size > maxBytes))
            {
                EvictOldest();
            }

            _rows[(_first + _count) % _rows.Length] = row;
            _count++;
            _bytes += row.Size;
        }
    }

    /// <summary>The rows after <paramref name="id"/>, oldest first, and whether some of them are already gone.</summary>
    public (IReadOnlyList<LogRow> Rows, bool Gap) After(long id)
    {
        lock (_gate)
        {
            var rows = new List<LogRow>();
            for (var i = _count - 1; i >= 0; i--)
            {
                var row = _rows[(_first + i) % _rows.Length]!;
                if (row.Id <= id)
                {
                    break;
                }

                rows.Add(row);
            }

            rows.Reverse();
            return (rows, LastEvictedId > id);
        }
    }

    /// <summary>Takes out what was cleared away; that is no gap.</summary>
    public void Remove(Predicate<LogRow> cleared)
    {
        lock (_gate)
        {
            var kept = new List<LogRow>(_count);
            for (var i = 0; i < _count; i++)
            {
                var row = _rows[(_first + i) % _rows.Length]!;
                if (!cleared(row))
                {
                    kept.Add(row);
                }
            }

            Array.Clear(_rows);
            for (var i = 0; i < kept.Count; i++)
            {
                _rows[i] = kept[i];
            }

            _first = 0;
            _count = kept.Count;
            _bytes = kept.Sum(row => (long)row.Size);
        }
    }

    private void EvictOldest()
    {
        var oldest = _rows[_first]!;
        _rows[_first] = null;
        _first = (_first + 1) % _rows.Length;
        _count--;
        _bytes -= oldest.Size;
        LastEvictedId = oldest.Id;
    }
}
