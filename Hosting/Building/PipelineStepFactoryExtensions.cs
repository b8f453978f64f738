using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Lets resources take part in the pipeline.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class PipelineStepFactoryExtensions
{
    /// <summary>Adds a step of the resource to the pipeline.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="factory">Makes the step when the pipeline runs.</param>
    /// <example><code>
    /// site.WithPipelineStepFactory(_ => new PipelineStep { Name = "notes", Action = context => …, RequiredBySteps = [WellKnownPipelineSteps.Publish] });
    /// </code></example>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, PipelineStep> factory)
        where T : IResource
        => Add(builder, factory, f => new PipelineStepAnnotation(f));

    /// <summary>Adds a step of the resource to the pipeline.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="factory">Makes the step when the pipeline runs.</param>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, Task<PipelineStep>> factory)
        where T : IResource
        => Add(builder, factory, f => new PipelineStepAnnotation(f));

    /// <summary>Adds steps of the resource to the pipeline.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="factory">Makes the steps when the pipeline runs.</param>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, IEnumerable<PipelineStep>> factory)
        where T : IResource
        => Add(builder, factory, f => new PipelineStepAnnotation(f));

    /// <summary>Adds steps of the resource to the pipeline.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="factory">Makes the steps when the pipeline runs.</param>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, Task<IEnumerable<PipelineStep>>> factory)
        where T : IResource
        => Add(builder, factory, f => new PipelineStepAnnotation(f));

    /// <summary>Adds a callback that may change the dependencies of all steps when they are known.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="callback">The callback.</param>
    /// <example><code>site.WithPipelineConfiguration(context => context.GetSteps("mine").DependsOn("theirs"));</code></example>
    public static IResourceBuilder<T> WithPipelineConfiguration<T>(this IResourceBuilder<T> builder, Action<PipelineConfigurationContext> callback)
        where T : IResource
        => Add(builder, callback, c => new PipelineConfigurationAnnotation(c));

    /// <summary>Adds a callback that may change the dependencies of all steps when they are known.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="callback">The callback.</param>
    public static IResourceBuilder<T> WithPipelineConfiguration<T>(this IResourceBuilder<T> builder, Func<PipelineConfigurationContext, Task> callback)
        where T : IResource
        => Add(builder, callback, c => new PipelineConfigurationAnnotation(c));

    private static IResourceBuilder<T> Add<T, TCallback>(IResourceBuilder<T> builder, TCallback callback, Func<TCallback, IResourceAnnotation> annotation)
        where T : IResource
        where TCallback : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(callback);
        builder.Resource.Annotations.Add(annotation(callback));
        return builder;
    }
}
