using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Publishes with <c>dotnet publish</c>.</summary>
/// <param name="builds">Runs the builds; asked for when there is one.</param>
internal sealed class ReleasePublisher(Func<ProjectBuilds> builds) : IReleasePublisher
{
    public Task PublishAsync(ResourcePlan plan, string folder, string buildFolder, CancellationToken cancellationToken)
    {
        const string otherwise = "Publish it where it is built, and deploy the folder: stack deploy";
        if (plan.Resource.HasAnnotationOfType<PublishedSiteAnnotation>())
        {
            throw new DistributedApplicationException($"Resource '{plan.Name}' runs from a folder that it was published to, so there is nothing here to build. {otherwise} {plan.Name} --from <folder>");
        }

        var project = plan.Resource.Annotations.OfType<IProjectMetadata>().Last();
        return File.Exists(project.ProjectPath)
            ? builds().PublishAsync(plan.Name, project, folder, buildFolder, cancellationToken)
            : throw new DistributedApplicationException($"Resource '{plan.Name}': the project file '{project.ProjectPath}' does not exist on this machine. {otherwise} {plan.Name} --from <folder>");
    }

    public Task EnsureBuildAsync(ResourcePlan plan, CancellationToken cancellationToken) => ProjectPrograms.ResolveAsync(plan, null, builds, cancellationToken);
}
