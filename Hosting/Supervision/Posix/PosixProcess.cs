using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>A child of ours: leader of its session and group, held by a descriptor.</summary>
internal sealed partial class PosixProcess(int pid, int descriptor, Strays strays, ILogger logger) : IInstanceProcess
{
    private static readonly ConcurrentDictionary<int, bool> Unreaped = new();

    // What was killed is gone within milliseconds, unless the kernel holds it.
    private static readonly TimeSpan GroupPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ExitFacts> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    public int Pid => pid;

    /// <summary>True for a child of ours that its object still has to read the end of.</summary>
    public static bool IsUnreaped(int pid) => Unreaped.ContainsKey(pid);

    /// <summary>Calls back at its end.</summary>
    public void Watch()
    {
        Unreaped[pid] = true;
        ExitWatcher.Shared.Watch(descriptor, OnEnded);
    }

    public Task<ExitFacts> Exited => _exited.Task;

    public bool Signal(int signal)
    {
        lock (_lock)
        {
            // Once reaped, the number may belong to others.
            return _reaped || Libc.Kill(-pid, signal) == 0 || Marshal.GetLastPInvokeError() != Libc.PermissionDenied;
        }
    }

    public bool OwnsListener(int port) => PortPreflight.ListenerBelongsTo(port, pid);

    // The leader has ended: reads how, ends the rest of the group, reaps it.
    private void OnEnded()
    {
        ExitFacts exit;
        lock (_lock)
        {
            // In this order: as long as the leader is a zombie, the group's number can't have gone to another.
            exit = Reaping.Wait(Libc.WaitByPidFd, descriptor, Libc.WaitExited | Libc.WaitLeaveZombie);
            _ = Libc.Kill(-pid, SignalNames.Kill);
            _ = Reaping.Wait(Libc.WaitByPidFd, descriptor, Libc.WaitExited);
            _reaped = true;
            Unreaped.TryRemove(pid, out _);
        }

        _ = Libc.Close(descriptor);
        _ = FinishAsync(exit);
    }

    private async Task FinishAsync(ExitFacts exit)
    {
        try
        {
            await EndRestAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogRestFailed(e, pid);
        }
        finally
        {
            _exited.SetResult(exit);
        }
    }

    private async Task EndRestAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        var stray = await strays.EndAsync(logger).ConfigureAwait(false);
        while (!IsGroupEmpty() || stray.Any(p => ProcessTable.Find(p) is { IsLive: true }))
        {
            if (TimeProvider.System.GetElapsedTime(start) > GroupPatience)
            {
                LogRestStays(pid);
                return;
            }

            await Task.Delay(LookAgain, TimeProvider.System).ConfigureAwait(false);
        }
    }

    // The signal reaches zombies too, so only its failure is a quick answer.
    private bool IsGroupEmpty() => (Libc.Kill(-pid, 0) < 0 && Marshal.GetLastPInvokeError() != Libc.PermissionDenied) || !ProcessTable.LiveGroup(pid).Any();

    [LoggerMessage(2150, LogLevel.Error, "Process {Pid} has ended, but others of its group could not be ended.")]
    private partial void LogRestFailed(Exception exception, int pid);

    [LoggerMessage(2151, LogLevel.Warning, "Process {Pid} has ended, but others of its group are still there after they were killed.")]
    private partial void LogRestStays(int pid);
}
