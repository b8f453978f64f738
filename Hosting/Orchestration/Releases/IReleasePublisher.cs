using Aspire.Hosting;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Makes of a project what can be run.</summary>
internal interface IReleasePublisher
{
    /// <param name="plan">The site.</param>
    /// <param name="folder">Where to publish it to; new.</param>
    /// <param name="buildFolder">Where the build works: what runs of the project's own build is not touched.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DistributedApplicationException">It can't be published, or its build failed; with the errors.</exception>
    Task PublishAsync(ResourcePlan plan, string folder, string buildFolder, CancellationToken cancellationToken);

    /// <summary>Makes sure that what the AppHost itself runs the site from is there.</summary>
    /// <exception cref="DistributedApplicationException">It is not; says how to get it.</exception>
    Task EnsureBuildAsync(ResourcePlan plan, CancellationToken cancellationToken);
}
