using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>A child of ours: leader of its session and group, held by a descriptor.</summary>
internal sealed class PosixProcess(int pid, int descriptor, Strays strays, ILogger logger) : IInstanceProcess
{
    private static readonly ConcurrentDictionary<int, bool> Unreaped = new();

    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ExitFacts> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    public int Pid => pid;

    // Read while nobody but us can reap it.
    public ProcessIdentity Identity { get; } = new(pid, ProcessTable.Find(pid)?.StartTicks ?? 0, ProcessTable.BootId);

    /// <summary>True for a child of ours that its object still has to read the end of.</summary>
    public static bool IsUnreaped(int pid) => Unreaped.ContainsKey(pid);

    /// <summary>Calls back at its end.</summary>
    public void Watch()
    {
        Unreaped[pid] = true;
        ExitWatcher.Shared.Watch(descriptor, OnEnded);
    }

    public Task<ExitFacts> Exited => _exited.Task;

    public bool Signal(int signal, bool leaderOnly = false)
    {
        lock (_lock)
        {
            // Once reaped, the number may belong to others.
            return _reaped || Libc.Kill(leaderOnly ? pid : -pid, signal) == 0 || Marshal.GetLastPInvokeError() != Libc.PermissionDenied;
        }
    }

    public bool OwnsListener(int port) => PortPreflight.ListenerBelongsTo(port, pid);

    /// <summary>It has ended before there was a descriptor, and somebody else has reaped it: nobody knows how.</summary>
    public void EndUnseen()
    {
        lock (_lock)
        {
            _ = Libc.Kill(-pid, SignalNames.Kill);
            _reaped = true;
        }

        _ = ProcessGroup.FinishAsync(pid, () => strays.EndAsync(logger), new ExitFacts(ExitKind.Unknown, 0), _exited, logger);
    }

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
            exit = exit.Kind == ExitKind.Unknown ? ExitOfStranger.ReadReaped(descriptor) : exit;
            _reaped = true;
            Unreaped.TryRemove(pid, out _);
        }

        _ = Libc.Close(descriptor);
        _ = ProcessGroup.FinishAsync(pid, () => strays.EndAsync(logger), exit, _exited, logger);
    }
}
