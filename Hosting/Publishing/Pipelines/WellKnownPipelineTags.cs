using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Tags by which steps of the same kind are found.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class WellKnownPipelineTags
{
    /// <summary>The step makes what others are deployed onto.</summary>
    public const string ProvisionInfrastructure = "provision-infra";

    /// <summary>The step builds an image.</summary>
    public const string BuildCompute = "build-compute";

    /// <summary>The step pushes an image.</summary>
    public const string PushContainerImage = "push-container-image";

    /// <summary>The step deploys an image.</summary>
    public const string DeployCompute = "deploy-compute";
}
