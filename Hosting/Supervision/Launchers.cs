using System.Globalization;
using Aspire.Hosting;

namespace Stack.Hosting.Supervision;

/// <summary>Chooses how children are started on this system.</summary>
internal static class Launchers
{
    /// <exception cref="DistributedApplicationException">There is no way on this system.</exception>
    public static IProcessLauncher Create() => OperatingSystem.IsLinux()
        ? PosixSpawnLauncher.Instance
        : throw new DistributedApplicationException("Stack runs sites on Linux only, in this version. Use a Linux machine, or a virtual one.");

    /// <summary>To be called before any other use of child processes. If our parent ignored SIGCHLD, we inherited that, and waiting for children would hang.</summary>
    public static void ResetChildSignal()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var ignored = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
        if ((ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (PosixNative.SigChild - 1))) != 0)
        {
            _ = PosixNative.SetSignalHandler(PosixNative.SigChild, 0);
        }
    }
}
