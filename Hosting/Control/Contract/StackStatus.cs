namespace Stack.Hosting.Control.Contract;

/// <summary>The whole stack at one moment: the body of <c>GET /v1/status</c> and the text of <c>stack status --json</c>.</summary>
internal sealed record StackStatus
{
    /// <summary>Number of the last event this snapshot includes.</summary>
    public required long Seq { get; init; }

    public required SupervisorStatus Supervisor { get; init; }

    public required IReadOnlyList<ResourceStatus> Resources { get; init; }
}

/// <summary>The AppHost process itself.</summary>
internal sealed record SupervisorStatus
{
    public required int Pid { get; init; }

    /// <summary><c>development</c> or <c>production</c>.</summary>
    public required string Mode { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>True until all that is to run has been told to: before that, what is ready says little of what will be.</summary>
    public bool IsStarting { get; init; }
}

/// <summary>One resource of the model, with its replicas (a resource of one process has one element there).</summary>
internal sealed record ResourceStatus
{
    public required string Name { get; init; }

    /// <summary>Project, Executable, Container, …: the names of app-model states.</summary>
    public required string Type { get; init; }

    /// <summary>State of the least advanced replica that is meant to run.</summary>
    public required string State { get; init; }

    /// <summary>Worst health of the replicas meant to run: Unknown, Ready, NotReady, Dead.</summary>
    public required string Health { get; init; }

    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>How many replicas are meant to run.</summary>
    public required int Wanted { get; init; }

    /// <summary>How many replicas are ready.</summary>
    public required int Ready { get; init; }

    /// <summary>The roll-out that goes on, or that froze; null: there is none.</summary>
    public RolloutStatus? Rollout { get; init; }

    /// <summary>What is wrong with it although it runs, and what to do about it, in full sentences; null: nothing is.</summary>
    public string? Trouble { get; init; }

    /// <summary>True for what the stack runs for itself (the dashboard): shown apart.</summary>
    public bool Hidden { get; init; }

    /// <summary>What it runs: project, program or image; null where there is no such thing.</summary>
    public string? Source { get; init; }

    /// <summary>The release that its replicas are launched from, or <c>build</c>; null: it has no releases.</summary>
    public string? Release { get; init; }

    /// <summary>The resource that hands it its requests; null: they come directly.</summary>
    public string? Gateway { get; init; }

    /// <summary>What others are to it, by the model.</summary>
    public IReadOnlyList<ResourceRelationship> Relationships { get; init; } = [];

    public required IReadOnlyList<ReplicaStatus> Replicas { get; init; }
}

/// <summary>One replica.</summary>
internal sealed record ReplicaStatus
{
    public required string Name { get; init; }

    /// <summary>Stopped, Waiting, Starting, Running, Stopping, Backoff, Exited, Fatal, Unknown.</summary>
    public required string State { get; init; }

    /// <summary>Unknown, Ready, NotReady, Dead.</summary>
    public required string Health { get; init; }

    /// <summary>What the first check that fails says; null: none does.</summary>
    public string? HealthReason { get; init; }

    /// <summary>Null without a process.</summary>
    public required int? Pid { get; init; }

    public required int? Port { get; init; }

    /// <summary>Starts after the first one that the supervisor made by itself, because the process had ended.</summary>
    public required int Restarts { get; init; }

    /// <summary>When the present process was launched, or the last one where that has ended; null before the first.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last process ended; null while there is one.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True for a job that has ended well: it is not meant to run any more, and nothing is missing without it.</summary>
    public bool IsDone { get; init; }

    /// <summary>Launch count: 1 for the first process.</summary>
    public required int Generation { get; init; }

    public required string? Url { get; init; }

    /// <summary>Failures in a row, as the restart policy counts them.</summary>
    public required int Failures { get; init; }

    /// <summary>In Backoff: when the next attempt starts.</summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>How the last process ended, in words (<c>exit code 3</c>, <c>signal KILL</c>); null if none has.</summary>
    public required string? LastExit { get; init; }

    /// <summary>Why the replica is in this state, in words, where there is something to say.</summary>
    public required string? Reason { get; init; }

    /// <summary>Whether the gateway sends it requests: None (there is no gateway), In, Draining, Out.</summary>
    public string Traffic { get; init; } = "None";

    /// <summary>True when an earlier AppHost launched the present process.</summary>
    public bool Adopted { get; init; }

    /// <summary>Resident memory in bytes; null without a process or where it can't be read.</summary>
    public long? Rss { get; init; }

    /// <summary>The same with pages that several processes share divided among them: what it really costs, some seconds old. Null where it can't be read.</summary>
    public long? Pss { get; init; }

    /// <summary>Share of one core that it used between the last two samples (1.5: one and a half cores); null before the second sample.</summary>
    public double? Cpu { get; init; }

    /// <summary>Open file descriptors; null without a process or where they can't be counted.</summary>
    public int? Fds { get; init; }
}

/// <summary>A rolling change of a resource's replicas.</summary>
internal sealed record RolloutStatus
{
    /// <summary>Running or Frozen.</summary>
    public required string State { get; init; }

    /// <summary>What is done, in words: <c>roll</c>, <c>scale to 6</c>.</summary>
    public required string What { get; init; }

    /// <summary>The replica it is at.</summary>
    public string? Replica { get; init; }

    /// <summary>Frozen: why.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where the dashboard is and how to sign in: the body of <c>GET /v1/dashboard</c>. Never part of the status.</summary>
internal sealed record DashboardAccess
{
    public required string Url { get; init; }

    public required string LoginUrl { get; init; }

    /// <summary>Key of the telemetry API, header <c>X-API-Key</c>.</summary>
    public required string ApiKey { get; init; }
}

/// <summary>One line of the merged console output: an event of <c>GET /v1/logs/{resource}</c>.</summary>
internal sealed record ConsoleLine
{
    /// <summary>The replica that wrote it.</summary>
    public required string Name { get; init; }

    /// <summary>Logical offset of the line's first byte in that replica's log.</summary>
    public required long Offset { get; init; }

    /// <summary>When the line was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>True: it was written in the moment before it was read. False: it may be much older.</summary>
    public bool IsTimeExact { get; init; }

    public required string Text { get; init; }

    /// <summary>Generation of the process that wrote it; null: not known.</summary>
    public int? Generation { get; init; }

    /// <summary>This is no line, but tells that so many bytes, from the offset on, were dropped before they were read; null: it is a line.</summary>
    public long? Dropped { get; init; }
}
