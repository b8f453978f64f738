using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Which log rows a page, a live stream or an API call wants; the same text works in a URL, in memory and in SQL.</summary>
internal sealed record LogFilter
{
    /// <summary>Service, instance id or display name, any of them; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>OTLP severity number; 0 = all.</summary>
    public int MinSeverity { get; init; }

    /// <summary>What was written in the search box; see <see cref="SearchExpression"/>.</summary>
    public string? Text
    {
        get;
        init
        {
            field = value;
            Search = SearchExpression.Parse(value);
            Terms = LogTerms.Of(Search);
        }
    }

    /// <summary>Hexadecimal; from 7 digits on a prefix is enough.</summary>
    public string? TraceId { get; init; }

    /// <summary>The sender's time of the first row that is wanted.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The sender's time before which all rows must be.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only rows older than this one: the page before it.</summary>
    public long? BeforeId { get; init; }

    /// <summary>Only rows newer than this one. Alone it asks for the page next to it (the oldest of the newer rows).</summary>
    public long? AfterId { get; init; }

    public int Limit { get; init; } = 200;

    /// <summary>Matches beyond so many are not counted, which would read all of the history; 0 = <see cref="LogPage.TotalCount"/> is only what the page holds.</summary>
    public long CountUpTo { get; init; } = Many;

    /// <summary>Who reads that there are more than these wants to know no more exactly.</summary>
    public const long Many = 10_000;

    public SearchExpression Search { get; private init; } = SearchExpression.Empty;

    /// <summary>The same search, ready to be asked of rows.</summary>
    public IReadOnlyList<LogTerm> Terms { get; private init; } = [];

    /// <summary>Whether the row is wanted; the cursors count, the limit does not.</summary>
    public bool Matches(LogRow row) =>
        row.Severity >= MinSeverity
        && (BeforeId is not { } before || row.Id < before)
        && (AfterId is not { } after || row.Id > after)
        && MatchesTrace(row.TraceId)
        && MatchesResource(row)
        && (From is not { } from || row.Time >= from)
        && (To is not { } to || row.Time < to)
        && Search.Problem is null
        && Terms.All(term => term.Matches(row));

    private bool MatchesTrace(string? traceId)
    {
        if (string.IsNullOrEmpty(TraceId))
        {
            return true;
        }

        return traceId is not null && (TraceId.Length >= 7
            ? traceId.StartsWith(TraceId, StringComparison.OrdinalIgnoreCase)
            : traceId.Equals(TraceId, StringComparison.OrdinalIgnoreCase));
    }

    private bool MatchesResource(LogRow row)
    {
        if (Resources.Count == 0)
        {
            return true;
        }

        foreach (var name in Resources)
        {
            if (TelemetryResource.Matches(name, row.Service, row.InstanceId, row.DisplayName))
            {
                return true;
            }
        }

        return false;
    }
}
