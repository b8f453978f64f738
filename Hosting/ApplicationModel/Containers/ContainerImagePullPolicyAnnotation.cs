using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>When the image of the container is pulled.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}")]
public sealed class ContainerImagePullPolicyAnnotation : IResourceAnnotation
{
    /// <summary>When.</summary>
    public required ImagePullPolicy ImagePullPolicy { get; set; }
}
