namespace Stack.Hosting.Control.Contract;

/// <summary>What is to know of one resource, or of one replica, beyond the status: the body of <c>GET /v1/resources/{name}</c>. Secrets are masked before they are put in here.</summary>
internal sealed record ResourceDetails
{
    /// <summary>What stands in the place of a value that must not be shown.</summary>
    public const string Masked = "******";

    /// <summary>The name that was asked for, as it is spelled.</summary>
    public required string Name { get; init; }

    /// <summary>The resource: that of the replica, where a replica was asked for.</summary>
    public required string Resource { get; init; }

    /// <summary>What it is to others, and what others are to it.</summary>
    public required IReadOnlyList<ResourceRelationship> Relationships { get; init; }

    public required IReadOnlyList<CommandDetails> Commands { get; init; }

    /// <summary>All replicas, or the one that was asked for.</summary>
    public required IReadOnlyList<ReplicaDetails> Replicas { get; init; }
}

/// <summary>A relationship between two resources.</summary>
/// <param name="Resource">The other one.</param>
/// <param name="Type"><c>Reference</c>, <c>WaitFor</c>, <c>Parent</c>, …: what the other is to this one, or this one to the other.</param>
/// <param name="IsIncoming">True when the other one has the relationship to this one.</param>
internal sealed record ResourceRelationship(string Resource, string Type, bool IsIncoming = false);

/// <summary>A command, with its present state.</summary>
internal sealed record CommandDetails
{
    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public string? Description { get; init; }

    /// <summary>Question to ask before it is given; null: none.</summary>
    public string? Confirmation { get; init; }

    /// <summary>Enabled, Disabled or Hidden.</summary>
    public required string State { get; init; }

    public bool IsHighlighted { get; init; }
}

/// <summary>One replica.</summary>
internal sealed record ReplicaDetails
{
    public required string Name { get; init; }

    public required IReadOnlyList<UrlDetails> Urls { get; init; }

    public required IReadOnlyList<HealthReportDetails> HealthReports { get; init; }

    /// <summary>What it was, the newest first: the last 50 moves that this AppHost has seen.</summary>
    public required IReadOnlyList<ReplicaMove> Moves { get; init; }

    /// <summary>The last lines of the process before the present one.</summary>
    public required IReadOnlyList<string> LastWords { get; init; }

    /// <summary>Program, arguments, image and the like, by the names of the app model.</summary>
    public required IReadOnlyList<PropertyDetails> Properties { get; init; }

    /// <summary>What it was started with; null where several replicas are told of.</summary>
    public IReadOnlyList<VariableDetails>? Environment { get; init; }
}

/// <summary>Where a replica can be reached.</summary>
internal sealed record UrlDetails(string Url, string? Endpoint, string? Text, bool IsInactive);

/// <summary>What one health check said last.</summary>
/// <param name="Name">Key of the check.</param>
/// <param name="Status">Healthy, Degraded or Unhealthy; null: it has said nothing yet.</param>
/// <param name="Text">The result in words.</param>
internal sealed record HealthReportDetails(string Name, string? Status, string? Text);

/// <summary>A fact about a replica.</summary>
internal sealed record PropertyDetails(string Name, string Value);

/// <summary>An environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, or the mask.</param>
/// <param name="IsMasked">True when something of the value is not shown.</param>
/// <param name="IsFromModel">True when the AppHost sets it, false when it is inherited.</param>
internal sealed record VariableDetails(string Name, string? Value, bool IsMasked, bool IsFromModel);

/// <summary>One step in the life of a replica.</summary>
/// <param name="Time">When.</param>
/// <param name="Generation">Which of its processes.</param>
/// <param name="State">As in the status.</param>
/// <param name="Health">As in the status.</param>
/// <param name="Traffic">As in the status.</param>
/// <param name="Reason">Why, in words, where there is something to say.</param>
internal sealed record ReplicaMove(DateTimeOffset Time, int Generation, string State, string Health, string Traffic, string? Reason);
