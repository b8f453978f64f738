namespace Aspire.Hosting;

/// <summary>The contents of a project's <c>Properties/launchSettings.json</c>.</summary>
public sealed class LaunchSettings
{
    /// <summary>The profiles by name, in file order.</summary>
    public Dictionary<string, LaunchProfile> Profiles { get; set; } = [];
}

/// <summary>One launch profile.</summary>
public sealed class LaunchProfile
{
    /// <summary><c>Project</c>, <c>Executable</c>, <c>IISExpress</c>, …; null or empty counts as <c>Project</c>.</summary>
    public string? CommandName { get; set; }

    /// <summary>Program of a profile that starts another one than the project's own. Not used here.</summary>
    public string? ExecutablePath { get; set; }

    /// <summary>Arguments for the program, as one shell-like line.</summary>
    public string? CommandLineArgs { get; set; }

    /// <summary>Whether <c>dotnet run</c> tells what it does. Not used here.</summary>
    public bool? DotnetRunMessages { get; set; }

    /// <summary>Whether a browser is opened. Not used here.</summary>
    public bool? LaunchBrowser { get; set; }

    /// <summary>Address to show: absolute, or relative to the project's own.</summary>
    public string? LaunchUrl { get; set; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string? ApplicationUrl { get; set; }

    /// <summary>Variables for the program; <c>%NAME%</c> stands for a variable of the AppHost.</summary>
    public Dictionary<string, string> EnvironmentVariables { get; set; } = [];
}
