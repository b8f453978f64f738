using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>A callback of a resource that may change the dependencies of all steps when they are known.</summary>
/// <param name="callback">The callback.</param>
[Experimental("ASPIREPIPELINES001")]
public class PipelineConfigurationAnnotation(Func<PipelineConfigurationContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="callback">The callback.</param>
    public PipelineConfigurationAnnotation(Action<PipelineConfigurationContext> callback)
        : this(context =>
        {
            callback(context);
            return Task.CompletedTask;
        })
    {
    }

    /// <summary>The callback.</summary>
    public Func<PipelineConfigurationContext, Task> Callback { get; } = callback;
}
