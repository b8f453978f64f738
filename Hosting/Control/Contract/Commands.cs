namespace Stack.Hosting.Control.Contract;

/// <summary>The body of a command's answer.</summary>
internal sealed record CommandResult
{
    /// <summary>Text for people; null when there is nothing to say.</summary>
    public string? Message { get; init; }
}

/// <summary>The body of <c>POST /v1/{resource}/scale</c>.</summary>
internal sealed record ScaleRequest
{
    /// <summary>How many replicas there are to be; it has to be there.</summary>
    public int? Replicas { get; init; }
}

/// <summary>The body of <c>POST /v1/down</c>.</summary>
internal sealed record DownRequest
{
    /// <summary>KILL at once instead of an orderly stop.</summary>
    public bool Force { get; init; }

    /// <summary>The replicas stay and serve on; the next AppHost takes them over.</summary>
    public bool LeaveRunning { get; init; }
}
