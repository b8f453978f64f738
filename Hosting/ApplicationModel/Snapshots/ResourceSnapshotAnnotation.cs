namespace Aspire.Hosting.ApplicationModel;

/// <summary>The first snapshot of a custom resource.</summary>
/// <param name="initialSnapshot">The snapshot.</param>
public class ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) : IResourceAnnotation
{
    /// <summary>The snapshot.</summary>
    public CustomResourceSnapshot InitialSnapshot { get; } = initialSnapshot;
}

/// <summary>The icon of a resource.</summary>
/// <param name="iconName">Its name.</param>
/// <param name="iconVariant">Its variant.</param>
public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    /// <summary>Its name.</summary>
    public string IconName { get; } = string.IsNullOrWhiteSpace(iconName) ? throw new ArgumentException("The icon needs a name.", nameof(iconName)) : iconName;

    /// <summary>Its variant.</summary>
    public IconVariant IconVariant { get; } = iconVariant;
}

/// <summary>The resource is not started with the application, but by its <c>start</c> command.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>The replicas of a resource, once the plan is made.</summary>
/// <param name="Names">Their names, in order of their index.</param>
internal sealed record ReplicaNamesAnnotation(IReadOnlyList<string> Names) : IResourceAnnotation;
