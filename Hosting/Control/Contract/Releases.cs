namespace Stack.Hosting.Control.Contract;

/// <summary>The body of <c>POST /v1/{resource}/deploy</c>.</summary>
internal sealed record DeployRequest
{
    /// <summary>Full path of a published folder, which is copied; null: the project is published first.</summary>
    public string? Folder { get; init; }

    /// <summary>Names the release, beside its time: <c>v1.2</c>. Null: a hash of its program does.</summary>
    public string? Name { get; init; }
}

/// <summary>The body of <c>POST /v1/{resource}/rollback</c>.</summary>
internal sealed record RollbackRequest
{
    /// <summary>The release to go to, by its name or the last part of it; null: the one before the current one.</summary>
    public string? To { get; init; }
}

/// <summary>The releases of one site: the body of <c>GET /v1/{resource}/releases</c>.</summary>
internal sealed record ReleaseList
{
    public required string Resource { get; init; }

    /// <summary>What replicas are launched from: a release, or <c>build</c>.</summary>
    public required string Current { get; init; }

    /// <summary>What <c>rollback</c> goes to; null: there is nothing before.</summary>
    public string? Previous { get; init; }

    /// <summary>The newest first; the last one is <c>build</c>, what the AppHost itself runs.</summary>
    public required IReadOnlyList<ReleaseInfo> Releases { get; init; }
}

/// <summary>One release.</summary>
internal sealed record ReleaseInfo
{
    public required string Name { get; init; }

    /// <summary>Null: <c>build</c>.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>Null: <c>build</c>.</summary>
    public string? Folder { get; init; }

    public required bool Current { get; init; }

    public required bool Previous { get; init; }

    /// <summary>The replicas that run from it now.</summary>
    public required IReadOnlyList<string> Replicas { get; init; }
}
