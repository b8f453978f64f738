namespace Stack.Hosting.Control.Contract;

/// <summary>A change of one resource: the data of the events <c>state</c>, <c>health</c>, <c>traffic</c> and <c>rollout</c> of <c>GET /v1/events</c>.</summary>
internal sealed record ResourceChange
{
    public required long Seq { get; init; }

    /// <summary>The resource after the change, whole.</summary>
    public required ResourceStatus Resource { get; init; }
}

/// <summary>The data of the event <c>sample</c>: what the processes use, each 2 s. It is not kept for those who resume, and left out for those who are behind.</summary>
internal sealed record StackSample
{
    /// <summary>Number of the last event before it.</summary>
    public required long Seq { get; init; }

    /// <summary>One for each replica that has a process.</summary>
    public required IReadOnlyList<ReplicaSample> Samples { get; init; }
}

/// <summary>What one replica's process and its children use.</summary>
internal sealed record ReplicaSample
{
    public required string Name { get; init; }

    public required int Pid { get; init; }

    /// <inheritdoc cref="ReplicaStatus.Rss"/>
    public long? Rss { get; init; }

    /// <inheritdoc cref="ReplicaStatus.Pss"/>
    public long? Pss { get; init; }

    /// <inheritdoc cref="ReplicaStatus.Cpu"/>
    public double? Cpu { get; init; }

    /// <inheritdoc cref="ReplicaStatus.Fds"/>
    public int? Fds { get; init; }
}

/// <summary>The data of the event <c>alert</c>: something that somebody should look at.</summary>
internal sealed record StackAlert
{
    public required long Seq { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Resource { get; init; }

    /// <summary>Null when it is about the whole resource.</summary>
    public string? Replica { get; init; }

    /// <summary>What happened, in full sentences.</summary>
    public required string Text { get; init; }
}

/// <summary>The data of the event <c>gap</c>: changes up to this number were left out for this observer; a snapshot follows.</summary>
internal sealed record EventGap
{
    public required long Seq { get; init; }
}
