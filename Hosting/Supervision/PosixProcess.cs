using static Stack.Hosting.Supervision.PosixNative;

namespace Stack.Hosting.Supervision;

/// <summary>A child that leads its own session and group.</summary>
internal sealed class PosixProcess(int pid, int pidFd) : IInstanceProcess
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ExitFacts> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    public int Pid { get; } = pid;

    public int PidFd { get; } = pidFd;

    public Task<ExitFacts> Exited => _exited.Task;

    public bool Signal(int signal)
    {
        lock (_lock)
        {
            // After the reaping the number may be somebody else's.
            return _reaped || Kill(-Pid, signal) == 0 || System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Esrch;
        }
    }

    /// <summary>Called when the kernel says that the leader has ended: takes the rest of the group along while the leader's number can't be used again, then reaps.</summary>
    public unsafe void Reap()
    {
        var info = stackalloc byte[SignalInfoSize];
        ExitFacts facts;
        lock (_lock)
        {
            facts = WaitId(WaitByPidFd, PidFd, info, WaitExited | WaitNoWait) == 0
                ? new ExitFacts(*(int*)(info + 8) == CodeExited ? ExitKind.Code : ExitKind.Signal, *(int*)(info + 24))
                : new ExitFacts(ExitKind.Unknown, 0);
            _ = Kill(-Pid, SigKill);
            _ = WaitId(WaitByPidFd, PidFd, info, WaitExited);
            _reaped = true;
        }

        _ = Close(PidFd);
        _ = CompleteAsync(facts);
    }

    // The members of the group were killed, and are gone a moment later; only then may the next launch follow.
    private async Task CompleteAsync(ExitFacts facts)
    {
        for (var i = 0; i < 200 && ProcessGroup.HasMembers(Pid); i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System).ConfigureAwait(false);
        }

        _exited.SetResult(facts);
    }
}
