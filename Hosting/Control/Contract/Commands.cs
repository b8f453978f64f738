namespace Stack.Hosting.Control.Contract;

/// <summary>The body of a command's answer.</summary>
internal sealed record CommandResult
{
    /// <summary>Text for people; null when there is nothing to say.</summary>
    public string? Message { get; init; }
}

/// <summary>A command that nobody waits for: the answer to one with <c>?wait=false</c>, and the body of <c>GET /v1/operations/{id}</c>.</summary>
internal sealed record Operation
{
    public required string Id { get; init; }

    public required string Command { get; init; }

    /// <summary>The resource or replica that it was given for.</summary>
    public required string Name { get; init; }

    /// <summary>Running, Done, Failed, Busy or Invalid.</summary>
    public required string State { get; init; }

    /// <summary>Text for people; there when it failed.</summary>
    public string? Message { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
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
