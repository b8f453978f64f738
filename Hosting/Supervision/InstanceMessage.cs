namespace Stack.Hosting.Supervision;

/// <summary>What the loop of a supervisor reads: commands, and what became of what it began. Those about a process carry its generation, those of a timer the number of the state they belong to; older ones are dropped.</summary>
internal abstract record InstanceMessage
{
    internal sealed record Command(InstanceCommand Kind, TaskCompletionSource Done) : InstanceMessage;

    internal sealed record Kill : InstanceMessage;

    internal sealed record GateOpened(int Entry, IDisposable Slot) : InstanceMessage;

    internal sealed record GateFailed(int Entry, string Reason) : InstanceMessage;

    internal sealed record GateProgress(int Entry, string What) : InstanceMessage;

    internal sealed record Launched(int Generation, IInstanceProcess Process) : InstanceMessage;

    internal sealed record LaunchFailed(int Generation, ExitKind Kind, string Reason) : InstanceMessage;

    internal sealed record Exited(int Generation, ExitFacts Facts) : InstanceMessage;

    internal sealed record Probed(int Generation, ProbeResult Result) : InstanceMessage;

    internal sealed record Timer(int Entry, InstanceTimer Kind) : InstanceMessage;
}

/// <summary>What a supervisor can be told to do.</summary>
internal enum InstanceCommand { Start, Stop, Restart }

/// <summary>What a supervisor waits for by time.</summary>
internal enum InstanceTimer { Slot, StartSecs, StartDeadline, Grace, Unkillable, Backoff, Probation }
