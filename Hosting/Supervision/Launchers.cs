using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Supervision;

/// <summary>Chooses the launcher that this system can have.</summary>
internal static class Launchers
{
    /// <exception cref="DistributedApplicationException">There is none for this system.</exception>
    public static IProcessLauncher Create(ILoggerFactory loggers)
    {
        if (!OperatingSystem.IsLinux() || !PosixSpawnLauncher.IsSupported)
        {
            throw new DistributedApplicationException("Replicas can be started on Linux with glibc 2.34 or later (Debian 12, Ubuntu 22.04, Fedora 35 or newer). Run the AppHost there.");
        }

        ChildSignal.ResetIfIgnored();
        return new PosixSpawnLauncher(loggers.CreateLogger<PosixSpawnLauncher>());
    }
}
