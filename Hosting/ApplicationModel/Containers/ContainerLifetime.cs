namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the AppHost.</summary>
    Session = 0,

    /// <summary>Beyond the AppHost: the next run finds it again, and makes it anew only when its configuration has changed.</summary>
    Persistent = 1,
}
