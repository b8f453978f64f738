using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>One step of the pipeline.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineStep
{
    /// <summary>Name, unique in the pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>What the step is for, for people.</summary>
    public string? Description { get; init; }

    /// <summary>What the step does. An exception makes it fail.</summary>
    public required Func<PipelineStepContext, Task> Action { get; init; }

    /// <summary>Names of the steps that come first.</summary>
    public List<string> DependsOnSteps { get; init; } = [];

    /// <summary>Names of the steps that come after this one, and pull it in when they are run.</summary>
    public List<string> RequiredBySteps { get; init; } = [];

    /// <summary>Words by which others find the step, see <see cref="WellKnownPipelineTags"/>.</summary>
    public List<string> Tags { get; init; } = [];

    /// <summary>The resource that the step belongs to; null: none. Steps of a resource's annotation get it by themselves.</summary>
    public IResource? Resource { get; set; }

    /// <summary>Lets another step come first.</summary>
    /// <param name="stepName">Name of the other step.</param>
    public void DependsOn(string stepName)
    {
        ArgumentException.ThrowIfNullOrEmpty(stepName);
        DependsOnSteps.Add(stepName);
    }

    /// <summary>Lets another step come first.</summary>
    /// <param name="step">The other step.</param>
    public void DependsOn(PipelineStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        DependsOn(step.Name);
    }

    /// <summary>Lets this step come before another one, which pulls it in.</summary>
    /// <param name="stepName">Name of the other step.</param>
    public void RequiredBy(string stepName)
    {
        ArgumentException.ThrowIfNullOrEmpty(stepName);
        RequiredBySteps.Add(stepName);
    }

    /// <summary>Lets this step come before another one, which pulls it in.</summary>
    /// <param name="step">The other step.</param>
    public void RequiredBy(PipelineStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        RequiredBy(step.Name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Step '{Name}'";
}
