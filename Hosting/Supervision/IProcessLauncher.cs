using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision;

/// <summary>Starts processes; the only door to the operating system's process table.</summary>
internal interface IProcessLauncher
{
    /// <exception cref="LaunchException">It could not be started; says whether trying again may help.</exception>
    Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken);

    /// <summary>Takes over the process of a replica that an earlier AppHost launched; signals nothing.</summary>
    /// <param name="record">What was kept of it.</param>
    /// <param name="stateFolder">The state folder that it belongs to.</param>
    AdoptionResult TryAdopt(InstanceRecord record, string stateFolder);
}

/// <summary>A process that was taken over, or why there is none.</summary>
internal readonly record struct AdoptionResult(IInstanceProcess? Process, string? Why)
{
    public static AdoptionResult None(string why) => new(null, why);
}

/// <summary>One running child, leader of its own process group.</summary>
internal interface IInstanceProcess
{
    int Pid { get; }

    /// <summary>By which the next AppHost knows it again.</summary>
    ProcessIdentity Identity { get; }

    /// <summary>Completes when the leader has ended and been reaped, and nothing of its group is left.</summary>
    Task<ExitFacts> Exited { get; }

    /// <summary>Signals the whole group, or its leader alone. What is already gone counts as success; false: refused (EPERM).</summary>
    bool Signal(int signal, bool leaderOnly = false);

    /// <summary>True when the listener on the port belongs to this group, or when that can't be known.</summary>
    bool OwnsListener(int port);
}

/// <summary>How a process ended, or why it could not be started.</summary>
internal readonly record struct ExitFacts(ExitKind Kind, int Value)
{
    /// <summary>The code a shell would report: 128+n stands for signal n; null when there is none.</summary>
    public int? ShellCode => Kind switch
    {
        ExitKind.Code => Value,
        ExitKind.Signal => 128 + Value,
        _ => null,
    };

    public string Describe() => Kind switch
    {
        ExitKind.Code => $"exit code {Value}",
        ExitKind.Signal => $"signal {SignalNames.Describe(Value)}",
        ExitKind.Unknown => "an unknown exit code",
        ExitKind.StartTimeout => "not ready in time",
        ExitKind.Unhealthy => "not alive",
        _ => "launch failed",
    };
}

internal enum ExitKind { Code, Signal, Unknown, StartTimeout, Unhealthy, LaunchTransient, LaunchPermanent }

/// <summary>A launch that failed.</summary>
internal sealed class LaunchException(string message, int errno, bool isPermanent) : Exception(message)
{
    public int Errno { get; } = errno;

    /// <summary>True when another attempt can't succeed before somebody changes something (no such file, not executable, …).</summary>
    public bool IsPermanent { get; } = isPermanent;
}
