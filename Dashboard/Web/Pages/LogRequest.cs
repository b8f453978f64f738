using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>The filter of the structured logs as it stands in a URL; the page, its parts, its live stream and exports read the same one.</summary>
internal sealed record LogRequest
{
    public const int PageSize = 100;
    private const int MaxColumns = 8;

    [FromQuery(Name = "resource")]
    public string[] Resource { get; init; } = [];

    [FromQuery(Name = "level")]
    public string? Level { get; init; }

    [FromQuery(Name = "q")]
    public string? Text { get; init; }

    [FromQuery(Name = "traceId")]
    public string? TraceId { get; init; }

    [FromQuery(Name = "range")]
    public string? Range { get; init; }

    [FromQuery(Name = "from")]
    public string? From { get; init; }

    [FromQuery(Name = "to")]
    public string? To { get; init; }

    /// <summary>Columns between time and message: level, replica, or what is called as in the search box.</summary>
    [FromQuery(Name = "col")]
    public string[] Col { get; init; } = [];

    /// <summary><c>templates</c>: the records grouped by their template.</summary>
    [FromQuery(Name = "view")]
    public string? View { get; init; }

    /// <summary>The record that is shown in full.</summary>
    [FromQuery(Name = "record")]
    public string? Record { get; init; }

    /// <summary>Cursor: the page of records older than this one.</summary>
    [FromQuery(Name = "before")]
    public string? Before { get; init; }

    /// <summary>Cursor: what came after this one.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    public static readonly IReadOnlyList<(string Name, int Severity)> Levels =
        [("Trace", 1), ("Debug", 5), ("Information", 9), ("Warning", 13), ("Error", 17), ("Critical", 21)];

    /// <summary>The level's name as listed; null for all, and for one that does not exist.</summary>
    public string? KnownLevel => Levels.FirstOrDefault(l => l.Name.Equals(Level, StringComparison.OrdinalIgnoreCase)).Name;

    public IReadOnlyList<string> Resources => [.. Resource.Where(r => !string.IsNullOrWhiteSpace(r)).Distinct(StringComparer.OrdinalIgnoreCase)];

    public IReadOnlyList<string> Columns => ChosenColumns is { Count: > 0 } chosen ? chosen : LogColumn.Usual;

    public bool IsFiltered => Resources.Count > 0 || KnownLevel is not null || !string.IsNullOrWhiteSpace(Text) || !string.IsNullOrWhiteSpace(TraceId)
        || !string.IsNullOrWhiteSpace(Range) || !string.IsNullOrWhiteSpace(From);

    public bool IsByTemplate => View is "templates";

    public long? BeforeId => Cursor(Before);

    public long? AfterId => Cursor(After);

    public long? RecordId => Cursor(Record);

    private List<string> ChosenColumns => [.. Col.Where(c => !string.IsNullOrWhiteSpace(c)).Select(c => c.Trim()).Distinct().Take(MaxColumns)];

    /// <summary>The range that is chosen; else the last 24 hours, which restrict nothing.</summary>
    public TimeRange Times(DateTimeOffset now) => TimeRange.Parse(Range, From, To, now, "24h");

    /// <param name="range">Null for what is to come: it lies in every range that goes on.</param>
    public LogFilter Filter(TimeRange? range = null) => new()
    {
        Resources = Resources,
        MinSeverity = KnownLevel is { } level ? Levels.First(l => l.Name == level).Severity : 0,
        Text = string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
        TraceId = string.IsNullOrWhiteSpace(TraceId) ? null : TraceId.Trim(),
        From = range is { IsChosen: true } ? range.From : null,
        To = range is { IsChosen: true, Relative: null } ? range.To : null,
        Limit = PageSize,
    };

    /// <summary>The address of the page with this filter.</summary>
    public string Address(long? before = null, string? record = null) => "/structuredlogs" + Query(before, record);

    /// <summary>The filter as a query string, without the cursors; empty when there is none.</summary>
    public string Query(long? before = null, string? record = null)
    {
        var query = new StringBuilder();
        AddAll("resource", Resources);
        Add("level", KnownLevel);
        Add("q", Text?.Trim());
        Add("traceId", TraceId?.Trim());
        Add("range", Range?.Trim());
        Add("from", From?.Trim());
        Add("to", To?.Trim());
        AddAll("col", ChosenColumns);
        Add("view", IsByTemplate ? View : null);
        Add("before", before?.ToString(CultureInfo.InvariantCulture));
        Add("record", record);
        return query.ToString();

        void AddAll(string name, IEnumerable<string> values)
        {
            foreach (var value in values)
            {
                Add(name, value);
            }
        }

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    /// <summary>The same with one more condition in the search box, from the first page on.</summary>
    public LogRequest With(SearchTerm term) => this with { Text = SearchExpression.With(Text, term), View = null, Record = null };

    private static long? Cursor(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
