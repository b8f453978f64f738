using System.Runtime.InteropServices;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Finds out how a process ended that is not our child, so that another one asks the kernel for it.</summary>
internal static partial class ExitOfStranger
{
    private const ulong GetInfo = 0xC040FF0B; // PIDFD_GET_INFO for the first form of struct pidfd_info
    private const ulong WantExit = 1 << 3; // PIDFD_INFO_EXIT
    private const int InfoSize = 64;
    private const int ExitCodeOffset = 60;

    /// <summary>How it ended. Until its parent has asked, the process table tells; from then on the descriptor does (Linux 6.15 and later; before that it stays unknown).</summary>
    public static ExitFacts Read(ProcessIdentity process, int descriptor)
        => Facts(ProcessTable.Find(process.Pid) is { IsLive: false } entry && entry.StartTicks == process.StartTicks ? entry.WaitStatus : Ask(descriptor));

    /// <summary>How one ended that has been asked for already: in a container's process 1, .NET waits for every child.</summary>
    public static ExitFacts ReadReaped(int descriptor) => Facts(Ask(descriptor));

    private static ExitFacts Facts(int? status) => status switch
    {
        null => new ExitFacts(ExitKind.Unknown, 0),
        { } signal when (signal & 0x7F) != 0 => new ExitFacts(ExitKind.Signal, signal & 0x7F),
        { } code => new ExitFacts(ExitKind.Code, (code >> 8) & 0xFF),
    };

    private static unsafe int? Ask(int descriptor)
    {
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        *(ulong*)info = WantExit;
        return Control(descriptor, GetInfo, info) == 0 && (*(ulong*)info & WantExit) != 0 ? *(int*)(info + ExitCodeOffset) : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Control(int descriptor, ulong request, byte* argument);
}
