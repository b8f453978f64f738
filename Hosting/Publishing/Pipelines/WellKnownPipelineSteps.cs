using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Names of steps that every pipeline has. They do nothing themselves: others say with <c>dependsOn</c> and <c>requiredBy</c> where they belong.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class WellKnownPipelineSteps
{
    /// <summary>All files are written. This is what publish mode runs unless <c>--step</c> says otherwise.</summary>
    public const string Publish = "publish";

    /// <summary>What has to be done before anything is written.</summary>
    public const string PublishPrereq = "publish-prereq";

    /// <summary>The values of parameters are known.</summary>
    public const string ProcessParameters = "process-parameters";

    /// <summary>All images are built.</summary>
    public const string Build = "build";

    /// <summary>What has to be done before an image is built.</summary>
    public const string BuildPrereq = "build-prereq";

    /// <summary>All images are in their registries.</summary>
    public const string Push = "push";

    /// <summary>What has to be done before an image is pushed.</summary>
    public const string PushPrereq = "push-prereq";

    /// <summary>Everything is deployed.</summary>
    public const string Deploy = "deploy";

    /// <summary>What has to be done before anything is deployed.</summary>
    public const string DeployPrereq = "deploy-prereq";

    /// <summary>Logs all steps with what they depend on, and does nothing else.</summary>
    public const string Diagnostics = "diagnostics";
}
