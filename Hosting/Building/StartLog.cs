using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Building;

/// <summary>What the log says first: which version runs which AppHost. Where things are is said when they have started.</summary>
internal static partial class StartLog
{
    public static void Write(IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Aspire.Hosting.DistributedApplication");
        LogVersion(logger, typeof(StartLog).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown");
        LogFolder(logger, services.GetRequiredService<IConfiguration>()["AppHost:Directory"] ?? "unknown");
    }

    [LoggerMessage(1101, LogLevel.Information, "Stack {Version} is starting the application.")]
    private static partial void LogVersion(ILogger logger, string version);

    [LoggerMessage(1102, LogLevel.Information, "The AppHost's folder is {Folder}.")]
    private static partial void LogFolder(ILogger logger, string folder);
}
