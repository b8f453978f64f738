using System.Globalization;
using System.Text;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A <see cref="LogFilter"/> as the WHERE of one segment.</summary>
internal sealed class LogConditions
{
    private readonly StringBuilder _where = new();
    private readonly List<object> _values = [];

    private LogConditions()
    {
    }

    /// <summary>Table, with the index where SQLite would not choose it by itself.</summary>
    public string From { get; private set; } = "logs";

    public string Where => _where.ToString();

    /// <summary>Null when nothing in the segment can match.</summary>
    /// <param name="maxId">Rows after it are not committed for this query.</param>
    public static LogConditions? Of(LogFilter filter, SegmentReader reader, long maxId)
    {
        var conditions = new LogConditions();
        conditions.Add("id<=?", Math.Min(maxId, filter.BeforeId - 1 ?? long.MaxValue));
        if (filter.AfterId is { } after)
        {
            conditions.Add("id>?", after);
        }

        conditions.AddSeverity(filter.MinSeverity);
        if (!conditions.AddTrace(filter.TraceId) || !conditions.AddResources(filter.Resources, reader))
        {
            return null;
        }

        foreach (var term in filter.Search.Terms)
        {
            conditions.Add(term.Negated ? "body NOT LIKE ? ESCAPE '\\'" : "body LIKE ? ESCAPE '\\'", Pattern(term.Text));
        }

        return conditions;
    }

    public void BindTo(SqliteStatement statement)
    {
        for (var i = 0; i < _values.Count; i++)
        {
            if (_values[i] is long number)
            {
                statement.Bind(i + 1, number);
            }
            else
            {
                statement.Bind(i + 1, (string)_values[i]);
            }
        }
    }

    private void AddSeverity(int min)
    {
        if (min <= 0)
        {
            return;
        }

        // The index of errors is used only when its own condition stands in the query, word by word.
        var text = min.ToString(CultureInfo.InvariantCulture);
        Add(min > 17 ? $"sev>=17 AND sev>={text}" : $"sev>={text}");
    }

    private bool AddTrace(string? traceId)
    {
        if (string.IsNullOrEmpty(traceId))
        {
            return true;
        }

        if (traceId.Length > 32 || traceId.Length < 7 || !traceId.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        From = "logs INDEXED BY logs_tr";
        var (first, last) = HexId.Range(traceId.AsSpan(0, Math.Min(16, traceId.Length)));
        Add("tr>=?", first);
        Add("tr<=?", last);
        if (traceId.Length > 16)
        {
            (first, last) = HexId.Range(traceId.AsSpan(16));
            Add("tr2>=?", first);
            Add("tr2<=?", last);
        }

        return true;
    }

    private bool AddResources(IReadOnlyList<string> names, SegmentReader reader)
    {
        if (names.Count == 0)
        {
            return true;
        }

        var all = reader.Resources();
        var wanted = all
            .Where(r => names.Any(name => TelemetryResource.Matches(name, r.Info.Service, r.Info.InstanceId, r.Info.DisplayName)))
            .Select(r => r.Id.ToString(CultureInfo.InvariantCulture)).ToList();
        if (wanted.Count == 0)
        {
            return false;
        }

        if (wanted.Count < all.Count)
        {
            // One sender: its index is in the order of ids. Several: the index would have to be sorted, reading by id and filtering is cheaper.
            Add(wanted.Count == 1 ? $"res={wanted[0]}" : $"+res IN ({string.Join(',', wanted)})");
        }

        return true;
    }

    private void Add(string condition, object? value = null)
    {
        _where.Append(_where.Length == 0 ? "" : " AND ").Append(condition);
        if (value is not null)
        {
            _values.Add(value);
        }
    }

    private static string Pattern(string text) =>
        $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
