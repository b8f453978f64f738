using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Steps that a resource adds to the pipeline.</summary>
/// <param name="factory">Makes the steps when the pipeline runs.</param>
[Experimental("ASPIREPIPELINES001")]
public class PipelineStepAnnotation(Func<PipelineStepFactoryContext, Task<IEnumerable<PipelineStep>>> factory) : IResourceAnnotation
{
    /// <summary>Creates the annotation of one step.</summary>
    /// <param name="factory">Makes the step when the pipeline runs.</param>
    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, Task<PipelineStep>> factory)
        : this(async context => [await factory(context).ConfigureAwait(false)])
    {
    }

    /// <summary>Creates the annotation of one step.</summary>
    /// <param name="factory">Makes the step when the pipeline runs.</param>
    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, PipelineStep> factory)
        : this(context => Task.FromResult<IEnumerable<PipelineStep>>([factory(context)]))
    {
    }

    /// <summary>Creates the annotation of several steps.</summary>
    /// <param name="factory">Makes the steps when the pipeline runs.</param>
    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, IEnumerable<PipelineStep>> factory)
        : this(context => Task.FromResult(factory(context)))
    {
    }

    /// <summary>Makes the steps.</summary>
    /// <param name="context">The resource, and what all steps work with.</param>
    public Task<IEnumerable<PipelineStep>> CreateStepsAsync(PipelineStepFactoryContext context) => factory(context);
}
