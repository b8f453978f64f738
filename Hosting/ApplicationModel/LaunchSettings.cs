namespace Aspire.Hosting;

/// <summary>The contents of a project's <c>Properties/launchSettings.json</c>.</summary>
public sealed class LaunchSettings
{
    /// <summary>The profiles by name, in file order.</summary>
    public IDictionary<string, LaunchProfile> Profiles { get; set; } = new Dictionary<string, LaunchProfile>();
}

/// <summary>One launch profile.</summary>
public sealed class LaunchProfile
{
    /// <summary><c>Project</c>, <c>Executable</c>, <c>IISExpress</c>, …</summary>
    public string? CommandName { get; set; }

    /// <summary>Arguments for the program, as one shell-like line.</summary>
    public string? CommandLineArgs { get; set; }

    /// <summary>Addresses to listen on, separated by semicolons.</summary>
    public string? ApplicationUrl { get; set; }

    /// <summary>Address to show.</summary>
    public string? LaunchUrl { get; set; }

    /// <summary>Variables for the program.</summary>
    public IDictionary<string, string> EnvironmentVariables { get; set; } = new Dictionary<string, string>();
}
