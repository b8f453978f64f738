namespace Aspire.Hosting.ApplicationModel;

/// <summary>The environment that a resource is deployed to, when the model has several.</summary>
/// <param name="computeEnvironment">The environment.</param>
public class ComputeEnvironmentAnnotation(IComputeEnvironmentResource computeEnvironment) : IResourceAnnotation
{
    /// <summary>The environment.</summary>
    public IComputeEnvironmentResource ComputeEnvironment { get; } = computeEnvironment;
}
