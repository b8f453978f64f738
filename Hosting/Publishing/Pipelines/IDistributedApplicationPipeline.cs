using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>What is done in publish mode, as steps that depend on each other.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IDistributedApplicationPipeline
{
    /// <summary>Adds a step.</summary>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="action">What it does.</param>
    /// <param name="dependsOn">Steps that come first: one name, or several as a sequence of strings.</param>
    /// <param name="requiredBy">Steps that come after it, and pull it in when they are run: one name, or several as a sequence of strings.</param>
    /// <exception cref="ArgumentException"><paramref name="dependsOn"/> or <paramref name="requiredBy"/> is neither a string nor a sequence of strings.</exception>
    /// <exception cref="InvalidOperationException">There is a step of that name already.</exception>
    /// <example><code>
    /// builder.Pipeline.AddStep("notes", context => File.WriteAllTextAsync("notes.txt", "…", context.CancellationToken), requiredBy: WellKnownPipelineSteps.Publish);
    /// </code></example>
    void AddStep(string name, Func<PipelineStepContext, Task> action, object? dependsOn = null, object? requiredBy = null);

    /// <summary>Adds a step.</summary>
    /// <param name="step">The step.</param>
    /// <exception cref="InvalidOperationException">There is a step of that name already.</exception>
    void AddStep(PipelineStep step);

    /// <summary>Adds a callback that may change the dependencies of all steps when they are known, those of resources included.</summary>
    /// <param name="callback">The callback.</param>
    void AddPipelineConfiguration(Func<PipelineConfigurationContext, Task> callback);

    /// <summary>Runs the steps: all, or the one that <see cref="PipelineOptions.Step"/> names and what it depends on.</summary>
    /// <param name="context">What the steps work with.</param>
    /// <exception cref="InvalidOperationException">Two steps have the same name, a step depends on one that does not exist, or steps depend on each other in a circle; names the steps.</exception>
    /// <exception cref="DistributedApplicationException">Steps failed; names each of them and why.</exception>
    Task ExecuteAsync(PipelineContext context);
}
