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

    /// <summary>Of a command: Failed (it was tried), Busy or Invalid (nothing was done).</summary>
    public string? Outcome { get; init; }

    /// <summary>With 422: the setting that can't be so.</summary>
    public string? Setting { get; init; }
}
