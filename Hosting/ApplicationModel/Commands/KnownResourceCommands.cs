namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names of the commands that projects, executables and containers have from the start.</summary>
public static class KnownResourceCommands
{
    /// <summary>Starts it.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stops it.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stops and starts it; a resource with replicas one replica after another.</summary>
    public static readonly string RestartCommand = "restart";

    /// <summary>Builds a project and restarts what ran of it.</summary>
    public static readonly string RebuildCommand = "rebuild";

    /// <summary>The name in use today, for one that earlier versions had: <c>resource-start</c>.</summary>
    internal static string Today(string name) => name.ToUpperInvariant() switch
    {
        "RESOURCE-START" => StartCommand,
        "RESOURCE-STOP" => StopCommand,
        "RESOURCE-RESTART" => RestartCommand,
        _ => name,
    };
}
