using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Sets dependencies of several steps at once.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class PipelineStepExtensions
{
    /// <summary>Lets another step come before each of these.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="step">The other step; null: nothing is changed.</param>
    public static IEnumerable<PipelineStep> DependsOn(this IEnumerable<PipelineStep> steps, PipelineStep? step)
        => step is null ? steps : steps.DependsOn(step.Name);

    /// <summary>Lets another step come before each of these.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="stepName">Name of the other step; empty: nothing is changed.</param>
    public static IEnumerable<PipelineStep> DependsOn(this IEnumerable<PipelineStep> steps, string stepName)
        => Each(steps, s => s.DependsOn(stepName), unless: string.IsNullOrEmpty(stepName));

    /// <summary>Lets other steps come before each of these.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="targetSteps">The other steps.</param>
    public static IEnumerable<PipelineStep> DependsOn(this IEnumerable<PipelineStep> steps, IEnumerable<PipelineStep> targetSteps)
    {
        ArgumentNullException.ThrowIfNull(targetSteps);
        List<PipelineStep> targets = [.. targetSteps];
        return Each(steps, s => targets.ForEach(s.DependsOn));
    }

    /// <summary>Lets each of these steps come before another one.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="step">The other step; null: nothing is changed.</param>
    public static IEnumerable<PipelineStep> RequiredBy(this IEnumerable<PipelineStep> steps, PipelineStep? step)
        => step is null ? steps : steps.RequiredBy(step.Name);

    /// <summary>Lets each of these steps come before another one.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="stepName">Name of the other step; empty: nothing is changed.</param>
    public static IEnumerable<PipelineStep> RequiredBy(this IEnumerable<PipelineStep> steps, string stepName)
        => Each(steps, s => s.RequiredBy(stepName), unless: string.IsNullOrEmpty(stepName));

    /// <summary>Lets each of these steps come before other ones.</summary>
    /// <param name="steps">These steps.</param>
    /// <param name="targetSteps">The other steps.</param>
    public static IEnumerable<PipelineStep> RequiredBy(this IEnumerable<PipelineStep> steps, IEnumerable<PipelineStep> targetSteps)
    {
        ArgumentNullException.ThrowIfNull(targetSteps);
        List<PipelineStep> targets = [.. targetSteps];
        return Each(steps, s => targets.ForEach(s.RequiredBy));
    }

    private static List<PipelineStep> Each(IEnumerable<PipelineStep> steps, Action<PipelineStep> change, bool unless = false)
    {
        ArgumentNullException.ThrowIfNull(steps);
        List<PipelineStep> all = [.. steps];
        if (!unless)
        {
            all.ForEach(change);
        }

        return all;
    }
}
