namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names the launch profile that a project runs with when no other was named for it: the one that the AppHost itself was started with.</summary>
/// <param name="launchProfileName">The name.</param>
public sealed class DefaultLaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public string LaunchProfileName { get; } = launchProfileName ?? throw new ArgumentNullException(nameof(launchProfileName));
}
