namespace Stack.Dashboard.Web.Components;

/// <summary>What the list of traces shows.</summary>
public sealed record TracesModel
{
    /// <summary>Newest first.</summary>
    public required IReadOnlyList<TraceModel> Traces { get; init; }

    public required IReadOnlyList<TelemetryGroup> Resources { get; init; }

    /// <summary>The service or instance that is chosen; null for all.</summary>
    public string? Resource { get; init; }

    public bool OnlyErrors { get; init; }

    /// <summary>True when the deadline came before everything was read.</summary>
    public bool IsPartial { get; init; }

    public bool IsOlderPage { get; init; }

    public required string NewestAddress { get; init; }

    /// <summary>The page of what came before; null on the last one.</summary>
    public string? OlderAddress { get; init; }

    public bool IsFiltered => Resource is not null || OnlyErrors;
}
