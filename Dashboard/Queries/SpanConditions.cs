using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A <see cref="SpanFilter"/> as the WHERE of one segment; its search terms are asked of the rows that are left.</summary>
internal sealed class SpanConditions
{
    private readonly List<string> _conditions = [];
    private readonly List<long> _values = [];
    private readonly string _notCleared;

    private SpanConditions(SegmentReader reader) => _notCleared = reader.NotCleared;

    /// <summary>Table, with the index where SQLite would not choose it by itself.</summary>
    public string From { get; private set; } = "spans";

    public string Where => string.Join(" AND ", _conditions) + _notCleared;

    /// <summary>Null when nothing in the segment can match.</summary>
    /// <param name="filter">What is wanted; the limit is not looked at.</param>
    /// <param name="reader">Of the segment.</param>
    /// <param name="maxId">Rows after it are not committed for this query.</param>
    public static SpanConditions? Of(SpanFilter filter, SegmentReader reader, long maxId)
    {
        var conditions = new SpanConditions(reader);
        conditions.Add("id<=?", maxId);
        conditions.AddIf("id>?", filter.AfterId);
        conditions.AddIf("start>=?", filter.From is { } from ? UnixTicks.Of(from) : null);
        conditions.AddIf("start<?", filter.To is { } to ? UnixTicks.Of(to) : null);
        conditions.AddTrace(filter.TraceId);
        if (filter.HasError is { } error)
        {
            // The condition is word by word that of the index.
            conditions.Add(error ? "status=2" : "status<>2");
        }

        return conditions.AddResources(filter, reader) ? conditions : null;
    }

    public void BindTo(SqliteStatement statement)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            statement.Bind(i + 1, _values[i]);
        }
    }

    private void AddTrace(string? traceId)
    {
        if (string.IsNullOrEmpty(traceId))
        {
            return;
        }

        From = "spans INDEXED BY spans_tr";
        var (first, last) = HexId.Range(traceId.AsSpan(0, Math.Min(16, traceId.Length)));
        Add("tr>=? AND tr<=?", first, last);
        if (traceId.Length > 16)
        {
            (first, last) = HexId.Range(traceId.AsSpan(16));
            Add("tr2>=? AND tr2<=?", first, last);
        }
    }

    private bool AddResources(SpanFilter filter, SegmentReader reader)
    {
        if (filter.Resources.Count == 0)
        {
            return true;
        }

        var wanted = reader.Resources().Where(resource => filter.MatchesResource(resource.Info)).Select(resource => resource.Id).ToList();
        Add($"+res IN ({string.Join(',', wanted)})");
        return wanted.Count > 0;
    }

    private void AddIf(string condition, long? value)
    {
        if (value is { } number)
        {
            Add(condition, number);
        }
    }

    private void Add(string condition, params ReadOnlySpan<long> values)
    {
        _conditions.Add(condition);
        _values.AddRange(values);
    }
}
