using System.Globalization;
using System.Text;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A <see cref="LogFilter"/> as the WHERE of one segment.</summary>
internal sealed class LogConditions
{
    private readonly StringBuilder _where = new();
    private readonly List<object> _values = [];
    private readonly List<TextTest> _tests = [];
    private readonly SegmentReader _reader;

    private LogConditions(SegmentReader reader) => _reader = reader;

    /// <summary>Table, with the index where SQLite would not choose it by itself.</summary>
    public string From { get; private set; } = "logs";

    public string Where => _where.ToString();

    /// <summary>Null when nothing in the segment can match. The reader is set up for the query that follows.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <param name="reader">Of the segment.</param>
    /// <param name="maxId">Rows after it are not committed for this query.</param>
    /// <param name="segment">The segment: by the longest way of its rows, and by how far clocks were ahead, the time of a row says between which ids it can be.</param>
    public static LogConditions? Of(LogFilter filter, SegmentReader reader, long maxId, SegmentInfo segment)
    {
        var conditions = new LogConditions(reader);
        conditions.Add("id<=?", Math.Min(maxId, filter.BeforeId - 1 ?? long.MaxValue));
        if (filter.AfterId is { } after)
        {
            conditions.Add("id>?", after);
        }

        conditions.AddTime(filter, segment);
        conditions._where.Append(reader.NotCleared);
        conditions.AddSeverity(filter.MinSeverity);
        if (filter.Search.Problem is not null
            || !conditions.AddTrace(filter.TraceId) || !conditions.AddResources(filter.Resources)
            || !filter.Terms.All(conditions.AddTerm))
        {
            return null;
        }

        reader.Tests = conditions._tests;
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

    private void AddTime(LogFilter filter, SegmentInfo segment)
    {
        if (filter.From is { } from)
        {
            Add("ts>=?", UnixTicks.Of(from));
            if (segment.MaxAhead is { } ahead)
            {
                Add("id>=?", UnixTicks.Of(from) - ahead);
            }
        }

        if (filter.To is { } to)
        {
            Add("ts<?", UnixTicks.Of(to));
            Add("id<?", UnixTicks.Of(to) + Math.Max(0, segment.MaxDelay) + 1);
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
        AddTraceRange(traceId);
        return true;
    }

    private void AddTraceRange(string traceId, bool isNegated = false)
    {
        var (first, last) = HexId.Range(traceId.AsSpan(0, Math.Min(16, traceId.Length)));
        var (first2, last2) = traceId.Length > 16 ? HexId.Range(traceId.AsSpan(16)) : (long.MinValue, long.MaxValue);
        _where.Append(_where.Length == 0 ? "" : " AND ").Append(isNegated
            ? "(tr IS NULL OR NOT (tr>=? AND tr<=? AND tr2>=? AND tr2<=?))"
            : "tr>=? AND tr<=? AND tr2>=? AND tr2<=?");
        _values.AddRange([first, last, first2, last2]);
    }

    private bool AddResources(IReadOnlyList<string> names) =>
        names.Count == 0 || AddResources(info => names.Any(name => TelemetryResource.Matches(name, info.Service, info.InstanceId, info.DisplayName)));

    private bool AddResources(Func<ResourceInfo, bool> isWanted)
    {
        var all = _reader.Resources();
        return AddNumbers("res", all.Where(r => isWanted(r.Info)).Select(r => r.Id), all.Count);
    }

    private bool AddTerm(LogTerm wanted)
    {
        var term = wanted.Term;
        switch (term.Field)
        {
            case null:
                AddWords(term);
                Add(term.IsNegated ? "body NOT LIKE ? ESCAPE '\\'" : "body LIKE ? ESCAPE '\\'", Pattern(term.Value));
                return true;
            case SearchFields.Level:
                var (first, last) = SearchFields.LevelRange(term);
                var index = first >= 17 && !term.IsNegated ? "sev>=17 AND " : "";
                Add(string.Create(CultureInfo.InvariantCulture, $"{index}sev {(term.IsNegated ? "NOT " : "")}BETWEEN {first} AND {last}"));
                return true;
            case SearchFields.Instance:
                return AddResources(info => LogTerm.MatchesInstance(term, info.InstanceId, info.DisplayName) != term.IsNegated);
            case SearchFields.Service:
                return AddResources(info => term.MatchesText(info.Service) != term.IsNegated);
            case SearchFields.Scope:
                return AddNames("scope", term, _reader.Scopes());
            case SearchFields.Template:
                return AddNames("template", term, _reader.Templates());
            case SearchFields.Trace:
                AddTraceRange(term.Value, term.IsNegated);
                return true;
            case SearchFields.Span:
                Add(term.IsNegated ? "span IS NOT ?" : "span=?", HexId.Parse(term.Value));
                return true;
            default:
                AddAttributes(wanted.Attributes!, term);
                return true;
        }
    }

    // Whole words, at once; the condition on the text itself stands beside it, so that signs count too.
    private void AddWords(SearchTerm term)
    {
        if (!term.IsNegated && _reader.HasWords && FullTextIndex.Phrase(term.Value) is { } phrase)
        {
            Add("id IN (SELECT rowid FROM logs_words WHERE logs_words MATCH ?)", phrase);
        }
    }

    private bool AddNames(string column, SearchTerm term, IReadOnlyList<(long Id, string Name)> all)
    {
        var named = all.Where(name => term.MatchesText(name.Name)).Select(name => name.Id).ToList();
        if (!term.IsNegated)
        {
            return AddNumbers(column, named, all.Count + 1);
        }

        if (named.Count > 0)
        {
            Add($"({column} IS NULL OR {column} NOT IN ({string.Join(',', named)}))");
        }

        return true;
    }

    private bool AddNumbers(string column, IEnumerable<long> wanted, int all)
    {
        var numbers = wanted.Select(id => id.ToString(CultureInfo.InvariantCulture)).ToList();
        if (numbers.Count > 0 && numbers.Count < all)
        {
            // One: its index is in the order of ids. Several: the index would have to be sorted, reading by id and filtering is cheaper.
            Add(numbers.Count == 1 ? $"{column}={numbers[0]}" : $"+{column} IN ({string.Join(',', numbers)})");
        }

        return numbers.Count > 0;
    }

    // SQLite's own functions of JSON see numbers and odd keys differently than what filters live rows; so it asks this process, after a cheap look for the key.
    private void AddAttributes(AttributeTest test, SearchTerm term)
    {
        _tests.Add(test.Matches);
        var asked = $"test(attrs, {_tests.Count - 1})";
        if (term.IsNegated)
        {
            Add($"NOT {asked}");
        }
        else if (test.Keys.All(key => key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')))
        {
            _where.Append(" AND (").AppendJoin(" OR ", test.Keys.Select(_ => "instr(attrs, ?)")).Append(") AND ").Append(asked);
            _values.AddRange(test.Keys.Select(key => $"\"{key}\":"));
        }
        else
        {
            Add(asked);
        }
    }

    private void Add(string condition, object? value = null)
    {
        _where.Append(_where.Length == 0 ? "" : " AND ").Append(condition);
        if (value is not null)
        {
            _values.Add(value);
        }
    }

    /// <summary>What LIKE finds anywhere in a text; for <c>ESCAPE '\'</c>.</summary>
    public static string Pattern(string text) =>
        $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
