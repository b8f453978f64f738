using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Supervision.Portable;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Supervision;

/// <summary>Chooses the launcher that this system can have.</summary>
internal static partial class Launchers
{
    public const string Setting = "Stack:Launcher";

    private const string Posix = "posix";
    private const string Portable = "process";

    /// <param name="loggers">For what launchers and children tell.</param>
    /// <param name="choice">Value of <see cref="Setting"/>: auto (also null), posix or process.</param>
    /// <exception cref="DistributedApplicationException">The choice is none, or this system can't have it.</exception>
    public static IProcessLauncher Create(ILoggerFactory loggers, string? choice = null)
    {
        Prepare();
        return choice switch
        {
            null or "" or "auto" => PosixSpawnLauncher.IsSupported ? CreatePosix(loggers) : CreatePortable(loggers),
            Portable => CreatePortable(loggers),
            Posix when PosixSpawnLauncher.IsSupported => CreatePosix(loggers),
            Posix => throw new DistributedApplicationException($"{Setting} is '{Posix}', which needs Linux with glibc 2.34 or later (Debian 12, Ubuntu 22.04, Fedora 35 or newer). Leave it out, or set '{Portable}'."),
            _ => throw new DistributedApplicationException($"{Setting} is '{choice}'. It can be 'auto', '{Posix}' or '{Portable}'."),
        };
    }

    /// <summary>To be called before this process starts any other one, in whatever way.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsLinux())
        {
            ChildSignal.ResetIfIgnored();
        }
    }

    private static PosixSpawnLauncher CreatePosix(ILoggerFactory loggers) => new(loggers.CreateLogger<PosixSpawnLauncher>());

    private static ProcessLauncher CreatePortable(ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<ProcessLauncher>();
        LogWeaker(logger);
        return new ProcessLauncher(logger);
    }

    [LoggerMessage(2163, LogLevel.Warning, "Processes are started in the portable way, which is weaker than the one for Linux with glibc 2.34: Ctrl+C in the terminal reaches them directly; " +
        "stop signals reach a replica's first process, not those that it has started; when the AppHost is killed in development, only sites with ServiceDefaults end with it.")]
    private static partial void LogWeaker(ILogger logger);
}
