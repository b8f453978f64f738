using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long the container lives.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}")]
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    /// <summary>How long.</summary>
    public required ContainerLifetime Lifetime { get; set; }
}
