using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Stack.Dashboard.Queries;

namespace Stack.Dashboard.Web.Pages;

/// <summary>The filter of the structured logs as it stands in a URL; the page and its live stream read the same one.</summary>
internal sealed record LogRequest
{
    public const int PageSize = 200;

    [FromQuery(Name = "resource")]
    public string[] Resource { get; init; } = [];

    [FromQuery(Name = "level")]
    public string? Level { get; init; }

    [FromQuery(Name = "q")]
    public string? Text { get; init; }

    [FromQuery(Name = "traceId")]
    public string? TraceId { get; init; }

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

    public bool IsFiltered => Resources.Count > 0 || KnownLevel is not null || !string.IsNullOrWhiteSpace(Text) || !string.IsNullOrWhiteSpace(TraceId);

    public long? BeforeId => Cursor(Before);

    public long? AfterId => Cursor(After);

    public LogFilter Filter() => new()
    {
        Resources = Resources,
        MinSeverity = KnownLevel is { } level ? Levels.First(l => l.Name == level).Severity : 0,
        Text = string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
        TraceId = string.IsNullOrWhiteSpace(TraceId) ? null : TraceId.Trim(),
        Limit = PageSize,
    };

    /// <summary>The address of the page with this filter.</summary>
    public string Address(long? before = null) => "/structuredlogs" + Query(before);

    /// <summary>The filter as a query string; empty when there is none.</summary>
    public string Query(long? before = null)
    {
        var query = new StringBuilder();
        foreach (var resource in Resources)
        {
            Add("resource", resource);
        }

        Add("level", KnownLevel);
        Add("q", Text?.Trim());
        Add("traceId", TraceId?.Trim());
        Add("before", before?.ToString(CultureInfo.InvariantCulture));
        return query.ToString();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    private static long? Cursor(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
