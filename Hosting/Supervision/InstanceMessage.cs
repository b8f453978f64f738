using Stack.Hosting.Observation;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision;

/// <summary>Whatever reaches the loop of one replica: commands, exits, probe results, timers, results of launches.</summary>
internal abstract record InstanceMessage
{
    public sealed record Start(TaskCompletionSource Done) : InstanceMessage;

    /// <summary>WithStack: the whole stack ends; the replica is meant to run again with the next one.</summary>
    public sealed record Stop(TaskCompletionSource Done, bool WithStack) : InstanceMessage;

    /// <summary>FirstTry: the first failure of the new process ends the wait, though the replica goes on trying.</summary>
    public sealed record Restart(TaskCompletionSource Done, bool FirstTry) : InstanceMessage;

    public sealed record Kill : InstanceMessage;

    /// <summary>Whether requests reach the replica, as the orchestrator has arranged it.</summary>
    public sealed record Traffic(InstanceTraffic Value, TaskCompletionSource Done) : InstanceMessage;

    /// <summary>Completes when the loop gets to it: it lives.</summary>
    public sealed record Ping(TaskCompletionSource Done) : InstanceMessage;

    /// <summary>Goes on with what an earlier AppHost left; Process: null when that has ended meanwhile.</summary>
    public sealed record Adopt(TaskCompletionSource Done, InstanceRecord Record, IInstanceProcess? Process) : InstanceMessage;

    /// <summary>Leaves the process to the next AppHost.</summary>
    public sealed record Leave(TaskCompletionSource Done) : InstanceMessage;

    /// <summary>Completes when everything posted before it, and what that led to at once, has been handled.</summary>
    public sealed record Idle(TaskCompletionSource Done) : InstanceMessage;

    /// <summary>What the gate waits for, in words.</summary>
    public sealed record GateSaid(int Attempt, string What) : InstanceMessage;

    /// <summary>The gate let the replica through; Holder: who has its port.</summary>
    public sealed record GatePassed(int Attempt, IDisposable Slot, PortHolder? Holder) : InstanceMessage;

    public sealed record GateFailed(int Attempt, string Reason) : InstanceMessage;

    public sealed record Launched(int Generation, IInstanceProcess Process, LaunchRequest Request, long LogStart) : InstanceMessage;

    /// <summary>Withdrawn: the launch was called off, it did not fail.</summary>
    public sealed record LaunchFailed(int Generation, ExitKind Kind, string Reason, bool Withdrawn) : InstanceMessage;

    public sealed record Exited(int Generation, ExitFacts Exit, IReadOnlyList<string> LastWords) : InstanceMessage;

    public sealed record Probed(int Generation, IReadOnlyList<CheckReport> Checks) : InstanceMessage;

    /// <summary>Answered: what the replica has answered; else Miss: what it did instead.</summary>
    public sealed record LivenessProbed(int Generation, ProbeSpec? Answered, string? Miss) : InstanceMessage;

    /// <summary>A hung process has been looked at, or could not be.</summary>
    public sealed record Dumped(int Generation, string Reason) : InstanceMessage;

    public sealed record TimerFired(InstanceTimer Timer, long Ticket) : InstanceMessage;
}

/// <summary>The timers of one replica; each is set once at a time.</summary>
internal enum InstanceTimer { SlotRelease, StartSecs, StartDeadline, Probe, Forgiven, Liveness, Backoff, Probation, StopGrace, KillAlarm }
