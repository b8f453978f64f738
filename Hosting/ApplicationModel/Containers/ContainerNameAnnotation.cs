using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The name that the engine gives to the container.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, Name = {Name}")]
public sealed class ContainerNameAnnotation : IResourceAnnotation
{
    /// <summary>The name, used as it is.</summary>
    public required string Name { get; set; }
}
