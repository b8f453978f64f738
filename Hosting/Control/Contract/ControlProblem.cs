namespace Stack.Hosting.Control.Contract;

/// <summary>The body of every error answer: problem details (RFC 9457), media type <c>application/problem+json</c>.</summary>
internal sealed record ControlProblem
{
    public const string MediaType = "application/problem+json";

    public required int Status { get; init; }

    public required string Title { get; init; }

    /// <summary>What failed, which one in quotes, what to do.</summary>
    public required string Detail { get; init; }

    /// <summary>With 404 for a name: the names there are.</summary>
    public IReadOnlyList<string>? Known { get; init; }
}

/// <summary>The body of a command's answer.</summary>
internal sealed record CommandResult
{
    /// <summary>Text for people; null when there is nothing to say.</summary>
    public string? Message { get; init; }
}

/// <summary>The body of <c>POST /v1/down</c>.</summary>
internal sealed record DownRequest
{
    /// <summary>KILL at once instead of an orderly stop.</summary>
    public bool Force { get; init; }
}

/// <summary>The data of the event <c>gap</c>: changes up to this number were left out for this observer; a snapshot follows.</summary>
internal sealed record EventGap
{
    public required long Seq { get; init; }
}
