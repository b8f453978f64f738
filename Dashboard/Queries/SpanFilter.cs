using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Which single spans are wanted, wherever in their traces they are.</summary>
internal sealed record SpanFilter
{
    /// <summary>Service, instance id or display name, any of them; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Hexadecimal; from 7 digits on a prefix is enough.</summary>
    public string? TraceId { get; init; }

    /// <summary>Only spans with an error, or only those without; null = all.</summary>
    public bool? HasError { get; init; }

    /// <summary>The earliest start.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The start before which all must be.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>What was written in the search box; see <see cref="SearchExpression"/>.</summary>
    public string? Text
    {
        get;
        init
        {
            field = value;
            Terms = [.. SearchExpression.Parse(value).Terms.Select(term => new SpanTerm(term))];
        }
    }

    /// <summary>Only those that arrived after this one: the page next to it, the oldest of them first.</summary>
    public long? AfterId { get; init; }

    public int Limit { get; init; } = 200;

    /// <summary>Matches beyond so many are not counted; 0 = <see cref="SpanPage.TotalCount"/> is only what the page holds.</summary>
    public long CountUpTo { get; init; } = LogFilter.Many;

    /// <summary>The search, ready to be asked of spans.</summary>
    public IReadOnlyList<SpanTerm> Terms { get; private init; } = [];

    public bool MatchesResource(ResourceInfo info) =>
        Resources.Count == 0 || Resources.Any(name => TelemetryResource.Matches(name, info.Service, info.InstanceId, info.DisplayName));
}

/// <summary>The answer to a <see cref="SpanFilter"/>.</summary>
/// <param name="Spans">Oldest arrival first.</param>
/// <param name="TotalCount">Matches regardless of cursor and limit.</param>
internal sealed record SpanPage(IReadOnlyList<StoredSpan> Spans, long TotalCount)
{
    /// <summary>There are matches after the last one.</summary>
    public bool HasNewer { get; init; }

    /// <summary>False: there are at least <see cref="TotalCount"/>.</summary>
    public bool IsCounted { get; init; } = true;

    /// <summary>The newest row there was, matching or not.</summary>
    public long UpToId { get; init; }

    /// <summary>The deadline passed before everything was read.</summary>
    public bool IsPartial { get; init; }
}
