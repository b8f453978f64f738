using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>
/// Reaps what became our child because its own parent ended, where we stand in for init: as process 1 of a container, or as a subreaper. One by one, never by a wait for any child, which would take the exit codes of our own.
/// </summary>
internal sealed partial class StrangerReaper(TimeProvider time, ILogger<StrangerReaper> logger) : BackgroundService
{
    /// <summary>Between two looks.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True when children of others come to us.</summary>
    public static unsafe bool IsNeeded()
    {
        var isSubreaper = 0;
        return Environment.ProcessId == 1 || (Libc.ProcessControl(Libc.GetSubreaper, (nint)(&isSubreaper), 0, 0, 0) == 0 && isSubreaper != 0);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!OperatingSystem.IsLinux() || !IsNeeded())
        {
            return;
        }

        if (Environment.ProcessId == 1)
        {
            LogIsFirstProcess();
        }

        using var timer = new PeriodicTimer(Period, time);
        ImmutableHashSet<int> seen = [];
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                seen = Look(seen);
            }
        }
        catch (OperationCanceledException)
        {
            // The AppHost ends.
        }
    }

    // Only what was a zombie at the last look already: System.Diagnostics.Process reads the end of its own within moments.
    private ImmutableHashSet<int> Look(ImmutableHashSet<int> seen)
    {
        var zombies = ProcessTable.All().Where(p => p.State == 'Z' && p.Parent == Environment.ProcessId && !PosixProcess.IsUnreaped(p.Pid)).Select(p => p.Pid).ToImmutableHashSet();
        foreach (var pid in zombies.Intersect(seen))
        {
            _ = Reaping.Wait(Libc.WaitByPid, pid, Libc.WaitExited | Libc.WaitNoHang);
            LogReaped(pid);
        }

        return zombies.Except(seen);
    }

    // Its handler of the child's signal waits for any child there, once System.Diagnostics.Process was used.
    [LoggerMessage(2154, LogLevel.Warning, "The AppHost is process 1 of its container, where .NET itself takes the exit codes of all children: before Linux 6.15 that of a replica may stay unknown, which counts as a failure. Start the container with an init, as 'docker run --init' does.")]
    private partial void LogIsFirstProcess();

    [LoggerMessage(2153, LogLevel.Debug, "Process {Pid}, which was not started by the AppHost, has ended and been reaped.")]
    private partial void LogReaped(int pid);
}
