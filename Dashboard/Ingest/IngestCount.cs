using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Ingest;

/// <summary>What one instance sent of one signal since the start, and what became of it.</summary>
/// <param name="Instance">Display name; for what was refused before it was read, the peer's address with <c>@</c> in front.</param>
/// <param name="Signal">Logs, traces or metrics.</param>
internal sealed record IngestCount(string Instance, Signal Signal)
{
    /// <summary>Records that were taken into the queue.</summary>
    public long Received { get; init; }

    /// <summary>Export requests that were refused.</summary>
    public long Refused { get; init; }

    /// <summary>Attributes and bodies that were too long or too many, routes beyond the cap.</summary>
    public long Cut { get; init; }

    /// <summary>Records that make no sense: a span without ids, a value that is not a number.</summary>
    public long Unstorable { get; init; }

    /// <summary>Rows that were stored, but that a slow viewer or follower did not get live.</summary>
    public long Skipped { get; init; }
}
