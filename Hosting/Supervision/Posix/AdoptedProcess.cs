using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>A process that an earlier AppHost launched: not our child, so that others reap it, but held by a descriptor that means it alone.</summary>
internal sealed class AdoptedProcess(ProcessIdentity identity, int descriptor, Strays strays, ILogger logger) : IInstanceProcess
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<ExitFacts> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public int Pid => identity.Pid;

    public ProcessIdentity Identity => identity;

    public Task<ExitFacts> Exited => _exited.Task;

    public bool Signal(int signal, bool leaderOnly = false)
    {
        lock (_lock)
        {
            // Asked first: while the leader lives, the number of the group is its own.
            return _ended || Sent(Libc.PidFdSendSignal(descriptor, leaderOnly ? signal : 0)) switch
            {
                null => true,
                true => leaderOnly || Sent(Libc.Kill(-Pid, signal)) != false,
                false => false,
            };
        }
    }

    public bool OwnsListener(int port) => PortPreflight.ListenerBelongsTo(port, Pid);

    /// <summary>It has ended: reads how, if the kernel still knows, and ends the rest of its group.</summary>
    public void OnEnded()
    {
        ExitFacts exit;
        lock (_lock)
        {
            exit = ExitOfStranger.Read(identity, descriptor);
            _ended = true;
        }

        _ = Libc.Close(descriptor);
        _ = ProcessGroup.FinishAsync(Pid, EndRestAsync, exit, _exited, logger);
    }

    // It may have been reaped by now: its number is good only as long as nobody has got it anew.
    private Task<IReadOnlyList<int>> EndRestAsync()
    {
        if (ProcessTable.Find(Pid) is not { IsLive: true } && ProcessTable.LiveGroup(Pid).Any(p => p.Session == Pid))
        {
            _ = Libc.Kill(-Pid, SignalNames.Kill);
        }

        return strays.EndAsync(logger);
    }

    // True: sent; false: refused; null: there is nobody any more.
    private static bool? Sent(int result) => result == 0 ? true : Marshal.GetLastPInvokeError() == Libc.PermissionDenied ? false : null;
}
