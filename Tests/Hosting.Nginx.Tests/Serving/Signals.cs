using System.Runtime.InteropServices;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Sends signals as the supervisor and the kernel do.</summary>
internal static class Signals
{
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Term = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <param name="target">A process, or a process group as a negative number. One that is gone already is no error.</param>
    /// <param name="signal">The signal's number.</param>
    public static void Send(int target, int signal)
    {
        const int noSuchProcess = 3;
        if (SendSignal(target, signal) != 0 && Marshal.GetLastPInvokeError() is not noSuchProcess and var error)
        {
            throw new InvalidOperationException($"Signal {signal} to {target} fails with error {error}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int target, int signal);
}
