namespace Stack.Hosting.Supervision;

/// <summary>Starts processes; the only door to the operating system's process table.</summary>
internal interface IProcessLauncher
{
    /// <exception cref="LaunchException">It could not be started; says whether trying again may help.</exception>
    Task<IInstanceProcess> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken);
}

/// <summary>One running child, leader of its own process group.</summary>
internal interface IInstanceProcess
{
    int Pid { get; }

    /// <summary>Completes when the leader has ended and been reaped, and what was left of its group has been killed.</summary>
    Task<ExitFacts> Exited { get; }

    /// <summary>Signals the whole group. A group that is already gone counts as success; false: refused (EPERM).</summary>
    bool Signal(int signal);
}

/// <summary>How a process ended, or why it could not be started.</summary>
internal readonly record struct ExitFacts(ExitKind Kind, int Value);

internal enum ExitKind { Code, Signal, Unknown, StartTimeout, Unhealthy, LaunchTransient, LaunchPermanent }

/// <summary>A launch that failed.</summary>
internal sealed class LaunchException(string message, int errno, bool isPermanent) : Exception(message)
{
    public int Errno { get; } = errno;

    /// <summary>True when another attempt can't succeed before somebody changes something (no such file, not executable, …).</summary>
    public bool IsPermanent { get; } = isPermanent;
}
