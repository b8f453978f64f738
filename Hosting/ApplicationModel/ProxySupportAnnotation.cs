namespace Aspire.Hosting.ApplicationModel;

/// <summary>Says whether the endpoints of the resource may be proxied at all. False: each has the port that it is given.</summary>
public sealed class ProxySupportAnnotation : IResourceAnnotation
{
    /// <summary>True when they may be.</summary>
    public required bool ProxyEnabled { get; set; }
}
