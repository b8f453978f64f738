using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Supervision.Records;

/// <summary>A process held by a descriptor: what is looked at while it is open can't be another one that got the same number meanwhile, nor can a signal reach that.</summary>
internal sealed class HeldProcess : IDisposable
{
    private int _descriptor;

    private HeldProcess(int pid, int descriptor)
    {
        Pid = pid;
        _descriptor = descriptor;
    }

    public int Pid { get; }

    /// <summary>Null: there is none with this number.</summary>
    public static HeldProcess? Open(int pid) => Libc.PidFdOpen(pid) is >= 0 and var descriptor ? new HeldProcess(pid, descriptor) : null;

    /// <summary>False: it has ended, or we may not.</summary>
    public bool Signal(int signal) => Libc.PidFdSendSignal(_descriptor, signal) == 0;

    /// <summary>Hands the descriptor on; it is the caller's from then on.</summary>
    public int Release() => Interlocked.Exchange(ref _descriptor, -1);

    public void Dispose()
    {
        if (Release() is >= 0 and var descriptor)
        {
            _ = Libc.Close(descriptor);
        }
    }
}
