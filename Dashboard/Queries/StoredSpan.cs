using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>A span with who sent it.</summary>
/// <param name="Id">When it arrived.</param>
/// <param name="Resource">The instance that sent it.</param>
/// <param name="Scope">What in the instance made it.</param>
/// <param name="Row">The span.</param>
internal sealed record StoredSpan(long Id, ResourceInfo Resource, string Scope, SpanRow Row)
{
    /// <summary>In 100 ns ticks since 1970.</summary>
    public long Start => UnixTicks.Of(Row.Start);

    public long End => Start + (Row.DurationNanoseconds / 100);
}

/// <summary>All spans of one trace that have arrived and are still kept, by their start.</summary>
internal sealed record StoredTrace(string Id, IReadOnlyList<StoredSpan> Spans)
{
    public bool HasError => Spans.Any(span => span.Row.Status == 2);
}

/// <summary>Traces, newest first.</summary>
/// <param name="Traces">The traces.</param>
/// <param name="OlderThan">Cursor for the page after this one; null when there is none.</param>
internal sealed record FoundTraces(IReadOnlyList<StoredTrace> Traces, long? OlderThan)
{
    /// <summary>The deadline passed before everything was read.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>Which traces are wanted.</summary>
internal sealed record TraceFilter
{
    /// <summary>Service, instance id or display name of a sender that was entered; empty = all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Only traces with an error, or only those without; null = all.</summary>
    public bool? HasError { get; init; }

    /// <summary>Only those that arrived before this.</summary>
    public long? BeforeId { get; init; }

    public int Limit { get; init; } = 50;
}
