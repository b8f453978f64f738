using Stack.Dashboard.Web.Pages;

namespace Stack.Dashboard.Web.Components;

/// <summary>What the list of traces shows.</summary>
public sealed record TracesModel
{
    /// <summary>Newest first, or longest first.</summary>
    public required IReadOnlyList<TraceLineModel> Traces { get; init; }

    /// <summary>Null when nothing matches.</summary>
    public TraceFigures? Figures { get; init; }

    public required TimeRange Range { get; init; }

    public required IReadOnlyList<ResourceChoice> Resources { get; init; }

    internal TraceRequest Request { get; init; } = new();

    /// <summary>What is wrong with the search text.</summary>
    public string? Problem { get; init; }

    /// <summary>True when the deadline came before everything was read.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The page of what came before, or took shorter; null on the last one.</summary>
    public string? OlderAddress { get; init; }

    /// <summary>When the newest trace of all began; only where the range holds none.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>The newest row that the page knows, for the live stream.</summary>
    public required string Cursor { get; init; }

    public bool IsOlderPage => Request.Before is not null;

    public string NewestAddress => (Request with { Before = null }).Address();

    public string ExportAddress => "/export/traces.json" + (Request with { Before = null }).Query();

    public string Sorted(bool byDuration) => (Request with { Sort = byDuration ? "duration" : null, Before = null }).Address();

    /// <summary>The same time without the rest of the filter.</summary>
    public string ClearAddress => new TraceRequest { Range = Request.Range, From = Request.From, To = Request.To }.Address();

    /// <summary>The same filter for another time.</summary>
    public string For(string range) => (Request with { Range = range, From = null, To = null, Before = null }).Address();
}
