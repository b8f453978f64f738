namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a resource becomes in a compute environment: the service, the workload, …</summary>
/// <param name="target">The resource that stands for it.</param>
public sealed class DeploymentTargetAnnotation(IResource target) : IResourceAnnotation
{
    /// <summary>The resource that stands for it.</summary>
    public IResource DeploymentTarget { get; } = target;

    /// <summary>The environment it belongs to; null: it is not said.</summary>
    public IComputeEnvironmentResource? ComputeEnvironment { get; set; }
}
