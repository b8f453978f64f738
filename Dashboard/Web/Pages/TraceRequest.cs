using System.Globalization;
using System.Text;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Web.Components;

namespace Stack.Dashboard.Web.Pages;

/// <summary>The filter of the traces as it stands in a URL; the page, its links and its live stream read the same one. What makes no sense counts as not given.</summary>
internal sealed record TraceRequest
{
    public const int PageSize = 50;

    public static readonly IReadOnlyList<string> StatusClasses = ["2xx", "3xx", "4xx", "5xx"];

    public string? Range { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public IReadOnlyList<string> Resource { get; init; } = [];

    public string? Errors { get; init; }

    public string? Route { get; init; }

    /// <summary>A class (<c>5xx</c>) or a number.</summary>
    public string? Status { get; init; }

    /// <summary>Milliseconds.</summary>
    public string? Min { get; init; }

    /// <summary>Milliseconds.</summary>
    public string? Max { get; init; }

    public string? Text { get; init; }

    /// <summary><c>duration</c>, else by time.</summary>
    public string? Sort { get; init; }

    /// <summary>Cursor: the page after the one that ended here.</summary>
    public string? Before { get; init; }

    /// <summary>Cursor of the live stream: what arrived after this row.</summary>
    public string? After { get; init; }

    /// <summary>Found by the routes that take one as their parameter.</summary>
    public static ValueTask<TraceRequest> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        return ValueTask.FromResult(new TraceRequest
        {
            Range = query["range"],
            From = query["from"],
            To = query["to"],
            Resource = [.. query["resource"].OfType<string>()],
            Errors = query["errors"],
            Route = query["route"],
            Status = query["status"],
            Min = query["min"],
            Max = query["max"],
            Text = query["q"],
            Sort = query["sort"],
            Before = query["before"],
            After = query["after"],
        });
    }

    public bool OnlyErrors => Errors is "true";

    public bool ByDuration => Sort is "duration";

    public long? AfterId => long.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public double? MinMilliseconds => Milliseconds(Min);

    public double? MaxMilliseconds => Milliseconds(Max);

    public IReadOnlyList<string> Resources => [.. Resource.Where(r => !string.IsNullOrWhiteSpace(r)).Select(r => r.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Whether more than the time is chosen.</summary>
    public bool IsFiltered => Resources.Count > 0 || OnlyErrors || Route is { Length: > 0 } || StatusRange is not null || MinMilliseconds is not null || MaxMilliseconds is not null
        || !string.IsNullOrWhiteSpace(Text);

    public TimeRange TimeRange(DateTimeOffset now) => Components.TimeRange.Parse(Range, From, To, now, "1h");

    public TraceFilter Filter(DateTimeOffset now)
    {
        var range = TimeRange(now);
        return new TraceFilter
        {
            From = range.From,
            // What begins while the page is made belongs to "until now" as well.
            To = range.Relative is null ? range.To : null,
            Resources = Resources,
            HasError = OnlyErrors ? true : null,
            Route = string.IsNullOrWhiteSpace(Route) ? null : Route,
            Status = StatusRange,
            MinDuration = Duration(MinMilliseconds),
            MaxDuration = Duration(MaxMilliseconds),
            Text = string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
            ByDuration = ByDuration,
            Before = TraceCursor.Parse(Before),
            Limit = PageSize,
        };
    }

    public string Address() => "/traces" + Query();

    /// <summary>The filter as a query string; empty when there is none.</summary>
    public string Query()
    {
        var query = new StringBuilder();
        Add("range", Range);
        if (string.IsNullOrEmpty(Range))
        {
            Add("from", From);
            Add("to", To);
        }

        foreach (var resource in Resources)
        {
            Add("resource", resource);
        }

        Add("errors", OnlyErrors ? "true" : null);
        Add("route", Route);
        Add("status", StatusRange is null ? null : Status);
        Add("min", MinMilliseconds is null ? null : Min);
        Add("max", MaxMilliseconds is null ? null : Max);
        Add("q", Text?.Trim());
        Add("sort", ByDuration ? "duration" : null);
        Add("before", Before);
        return query.ToString();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    /// <summary>The number as it stands in a URL.</summary>
    public static string Milliseconds(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private (int First, int Last)? StatusRange => Status switch
    {
        [>= '1' and <= '5' and var digit, 'x' or 'X', 'x' or 'X'] => ((digit - '0') * 100, ((digit - '0') * 100) + 99),
        _ => int.TryParse(Status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 999 ? (code, code) : null,
    };

    private static double? Milliseconds(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1e10 ? value : null;

    private static TimeSpan? Duration(double? milliseconds) => milliseconds is { } value ? TimeSpan.FromTicks((long)(value * TimeSpan.TicksPerMillisecond)) : null;
}
