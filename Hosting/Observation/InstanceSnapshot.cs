namespace Stack.Hosting.Observation;

/// <summary>What is known of one replica at one moment; each change is published as a new one.</summary>
internal sealed record InstanceSnapshot
{
    public required string Name { get; init; }

    public required int Index { get; init; }

    public required InstanceState State { get; init; }

    public required InstanceHealth Health { get; init; }

    /// <summary>False after a stop by command: the replica is not meant to run.</summary>
    public required bool Wanted { get; init; }

    /// <summary>Whether the gateway sends it requests, as the orchestrator has arranged it.</summary>
    public InstanceTraffic Traffic { get; init; }

    /// <summary>True when an earlier AppHost launched the present process.</summary>
    public bool Adopted { get; init; }

    public int? Pid { get; init; }

    public int? Port { get; init; }

    public int Generation { get; init; }

    /// <summary>Starts after the first one that the supervisor made by itself, because the process had ended.</summary>
    public int Restarts { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last process ended; null while there is one, and before the first.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>True once this generation has lived for its start time, ready or not.</summary>
    public bool Lived { get; init; }

    /// <summary>What the checks of this generation said last; empty before the first answer.</summary>
    public IReadOnlyList<CheckReport> Checks { get; init; } = [];

    /// <summary>True once this generation has been Running: tells a failed start from a late failure.</summary>
    public bool WasReady { get; init; }

    public string? LastExit { get; init; }

    public int? ExitCode { get; init; }

    public string? Reason { get; init; }

    /// <summary>The last lines that the process before the present one wrote.</summary>
    public IReadOnlyList<string> LastWords { get; init; } = [];
}

/// <summary>States of a replica, by supervisord's names; Waiting is ours. Moves: <c>Supervision/InstanceMoves</c>, picture: docs/states.md.</summary>
internal enum InstanceState { Stopped, Waiting, Starting, Running, Stopping, Backoff, Exited, Fatal, Unknown }

/// <summary>What one check said last.</summary>
internal sealed record CheckReport(string Key, bool IsSuccess, string Text);

/// <summary>What its probes say.</summary>
internal enum InstanceHealth { Unknown, Ready, NotReady, Dead }

/// <summary>Whether requests reach a replica. None: there is no gateway before it.</summary>
internal enum InstanceTraffic { None, In, Draining, Out }
