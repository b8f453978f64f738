using System.Globalization;
using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Observation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>The settings of a run, read once: where its state and its sockets are, and which mode it runs in.</summary>
internal sealed record StackOptions
{
    private static readonly string[] SizeUnits = ["KB", "MB", "GB"];

    public required string AppName { get; init; }

    public required string AppHostDirectory { get; init; }

    /// <summary>Name of the AppHost's program, for the categories of its log.</summary>
    public string AppHostName { get; init; } = "AppHost";

    /// <summary>True when the console logs of the resources go into the AppHost's log too.</summary>
    public bool ForwardResourceLogs { get; init; }

    public required bool Development { get; init; }

    /// <summary>Name of the AppHost's environment: <c>Development</c>.</summary>
    public required string EnvironmentName { get; init; }

    /// <summary>True: plain http on other than loopback addresses is accepted.</summary>
    public required bool AllowUnsecuredTransport { get; init; }

    public required string StateFolder { get; init; }

    /// <summary>Full path of the folder that keeps the sites' key ring, where AppHosts share one; null: in the state folder.</summary>
    public string? KeysFolder { get; init; }

    public required string RunFolder { get; init; }

    /// <summary>Who may use the control socket.</summary>
    public Control.SocketAccess ControlAccess => Development ? Control.SocketAccess.OwnerOnly : Control.SocketAccess.OfGroup();

    /// <summary>What the console logs may take of the disk.</summary>
    public LogSettings Logs { get; init; } = new();

    /// <summary>How many releases of a site are kept.</summary>
    public int ReleasesKept { get; init; } = 5;

    public required bool RandomizePorts { get; init; }

    public required bool DisableDashboard { get; init; }

    /// <summary>What a wait does that does not say it itself: without a dashboard nobody could start the other resource again.</summary>
    public WaitBehavior DefaultWaitBehavior => DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable;

    /// <summary>False where the output is kept in a file: the link has the token in it.</summary>
    public required bool ShowLoginLink { get; init; }

    /// <summary>Path of the dashboard's assembly: in the folder of <c>Stack:Dashboard:Folder</c>, or where the AppHost's build has it.</summary>
    public required string? DashboardAssembly { get; init; }

    /// <summary>Folder with what is loaded into sites that do not reference ServiceDefaults; null: nothing is.</summary>
    public string? InjectFolder { get; init; }

    /// <summary>How processes are started: auto (also null), posix or process.</summary>
    public string? Launcher { get; init; }

    public static StackOptions Read(IConfiguration configuration, IHostEnvironment environment, DistributedApplicationOptions options, string appHostDirectory, string? dashboardAssembly)
    {
        var app = ProductionPlaces.AppNameOf(configuration);
        var development = !environment.IsProduction();
        var state = StateFolderOf(configuration, environment, appHostDirectory);
        return new StackOptions
        {
            AppName = app,
            AppHostDirectory = appHostDirectory,
            AppHostName = environment.ApplicationName,
            ForwardResourceLogs = options.EnableResourceLogging,
            Development = development,
            EnvironmentName = environment.EnvironmentName,
            AllowUnsecuredTransport = options.AllowUnsecuredTransport,
            StateFolder = state,
            KeysFolder = configuration["Stack:Keys"] is { Length: > 0 } keys ? Path.GetFullPath(keys, appHostDirectory) : null,
            RunFolder = development || !CanWriteBelow("/run") ? Control.Contract.RunFolder.Development(app, state) : Control.Contract.RunFolder.Production(app),
            RandomizePorts = configuration.GetValue("DcpPublisher:RandomizePorts", false),
            DisableDashboard = options.DisableDashboard || configuration.GetValue("DisableDashboard", false),
            ShowLoginLink = configuration.GetValue("Stack:ShowLoginLink", true),
            DashboardAssembly = configuration["Stack:Dashboard:Folder"] is { Length: > 0 } dashboard
                ? Path.Combine(Path.GetFullPath(dashboard, appHostDirectory), Path.GetFileName(dashboardAssembly) ?? "Stack.Dashboard.dll")
                : dashboardAssembly,
            Logs = new LogSettings
            {
                TotalBytes = Size(configuration, "Stack:Logs:TotalBytes") ?? new LogSettings().TotalBytes,
                MinFreeBytes = Size(configuration, "Stack:Logs:MinFreeBytes") ?? new LogSettings().MinFreeBytes,
            },
            ReleasesKept = Releases(configuration),
            InjectFolder = InjectFolderOf(configuration, appHostDirectory, options.Assembly),
            Launcher = configuration[Supervision.Launchers.Setting],
        };
    }

    // The AppHost's build puts it beside the AppHost.
    private static string? InjectFolderOf(IConfiguration configuration, string appHostDirectory, Assembly? appHost)
    {
        if (!configuration.GetValue("Stack:Inject:Enabled", true))
        {
            return null;
        }

        return configuration["Stack:Inject:Folder"] is { Length: > 0 } folder
            ? Path.GetFullPath(folder, appHostDirectory)
            : Path.Combine(appHost is { Location: { Length: > 0 } file } ? Path.GetDirectoryName(file)! : AppContext.BaseDirectory, "inject");
    }

    /// <summary>Full path of the state folder.</summary>
    public static string StateFolderOf(IConfiguration configuration, IHostEnvironment environment, string appHostDirectory)
        => configuration["Stack:State"] is { Length: > 0 } folder ? Path.GetFullPath(folder, appHostDirectory)
            : environment.IsProduction() ? ProductionPlaces.StateFolderOf(configuration) : Path.Combine(appHostDirectory, ".stack");


    private static int Releases(IConfiguration configuration)
        => configuration["Stack:Releases:Keep"] is not { Length: > 0 } text ? 5
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kept) && kept >= 2 ? kept
            : throw new DistributedApplicationException($"The setting 'Stack:Releases:Keep' is '{text}'; it takes a number of 2 or more: the release that runs and the one before it always stay.");

    // Bytes, or supervisord's way: 500KB, 50MB, 2GB.
    private static long? Size(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { Length: > 0 } text)
        {
            return null;
        }

        var unit = Array.FindIndex(SizeUnits, u => text.EndsWith(u, StringComparison.OrdinalIgnoreCase)) + 1;
        var number = unit > 0 ? text[..^SizeUnits[unit - 1].Length] : text;
        return long.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= long.MaxValue >> (10 * unit)
            ? value << (10 * unit)
            : throw new DistributedApplicationException($"The setting '{key}' is '{text}'; it takes a number of bytes, or one with KB, MB or GB, as in 500MB.");
    }

    private static bool CanWriteBelow(string folder)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "stack"));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
