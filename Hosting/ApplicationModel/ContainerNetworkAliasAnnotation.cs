using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One more name by which other containers of the application reach the container.</summary>
/// <param name="alias">The name.</param>
[DebuggerDisplay("Type = {GetType().Name,nq}, Alias = {Alias}")]
public sealed class ContainerNetworkAliasAnnotation(string alias) : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public string Alias { get; } = alias ?? throw new ArgumentNullException(nameof(alias));
}
