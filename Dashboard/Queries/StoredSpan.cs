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

/// <summary>The spans of one trace that have arrived and are still kept, by their start.</summary>
internal sealed record StoredTrace(string Id, IReadOnlyList<StoredSpan> Spans)
{
    public bool HasError => Spans.Any(span => span.Row.Status == 2);

    /// <summary>There are more spans than were read.</summary>
    public bool IsCut { get; init; }

    /// <summary>Something could not be read.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Only the time around it was looked through.</summary>
    public bool IsNarrow { get; init; }
}

/// <summary>The answer to a <see cref="TraceFilter"/>.</summary>
/// <param name="Traces">In the order that was asked for; unless the whole was wanted, spans are without events and links, and those that entered nothing without attributes.</param>
/// <param name="Next">Cursor for the page after this one; null when there is none.</param>
internal sealed record FoundTraces(IReadOnlyList<StoredTrace> Traces, TraceCursor? Next)
{
    /// <summary>The newest row that was looked at.</summary>
    public long UpToId { get; init; }

    /// <summary>The deadline passed before everything was read.</summary>
    public bool IsPartial { get; init; }
}
