namespace Aspire.Hosting;

/// <summary>Says what a project resource takes over from its project.</summary>
public class ProjectResourceOptions
{
    /// <summary>Name of the launch profile; null: the one that the rules find. Default null.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>True: no launch profile at all, whatever <see cref="LaunchProfileName"/> says. Default false.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>True: the endpoints in the project's Kestrel settings are left alone. Default false.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
