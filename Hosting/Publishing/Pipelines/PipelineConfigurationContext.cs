using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>What a callback gets that changes the dependencies of steps.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineConfigurationContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider Services { get; init; }

    /// <summary>All steps.</summary>
    public required IReadOnlyList<PipelineStep> Steps { get; init; }

    /// <summary>The model.</summary>
    public required DistributedApplicationModel Model { get; init; }

    /// <summary>The steps that carry a tag.</summary>
    /// <param name="tag">The tag.</param>
    public IEnumerable<PipelineStep> GetSteps(string tag) => Steps.Where(s => s.Tags.Contains(tag, StringComparer.Ordinal));

    /// <summary>The steps of a resource.</summary>
    /// <param name="resource">The resource.</param>
    public IEnumerable<PipelineStep> GetSteps(IResource resource) => Steps.Where(s => ReferenceEquals(s.Resource, resource));

    /// <summary>The steps of a resource that carry a tag.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="tag">The tag.</param>
    public IEnumerable<PipelineStep> GetSteps(IResource resource, string tag) => GetSteps(resource).Where(s => s.Tags.Contains(tag, StringComparer.Ordinal));
}
