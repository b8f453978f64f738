using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Waits for one given child, never for any.</summary>
internal static class Reaping
{
    private const int InfoSize = 128; // siginfo_t
    private const int CodeOffset = 8;
    private const int StatusOffset = 24;

    public static unsafe ExitFacts Wait(int idType, int id, int options)
    {
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        while (Libc.WaitId(idType, id, info, options) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                return new ExitFacts(ExitKind.Unknown, 0);
            }
        }

        var status = *(int*)(info + StatusOffset);
        return *(int*)(info + CodeOffset) switch
        {
            Libc.ChildExited => new ExitFacts(ExitKind.Code, status),
            Libc.ChildKilled or Libc.ChildDumped => new ExitFacts(ExitKind.Signal, status),
            _ => new ExitFacts(ExitKind.Unknown, 0),
        };
    }
}
