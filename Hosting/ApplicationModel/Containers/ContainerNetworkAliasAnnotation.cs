using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One more name by which other containers of the application reach the container.</summary>
/// <param name="alias">The name.</param>
[DebuggerDisplay("Type = {GetType().Name,nq}, Alias = {Alias}, Network = {Network}")]
public sealed class ContainerNetworkAliasAnnotation(string alias) : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public string Alias { get; } = alias ?? throw new ArgumentNullException(nameof(alias));

    /// <summary>The network that the name is known in. Default: that of the application's containers.</summary>
    public NetworkIdentifier Network { get; set; } = KnownNetworkIdentifiers.DefaultAspireContainerNetwork;
}
