using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Releases;

namespace Stack.Hosting.Orchestration;

/// <summary>Finds out what a resource runs as: the program, what comes first on its command line, and the folder it runs in.</summary>
internal static class ProjectPrograms
{
    /// <param name="plan">The resource.</param>
    /// <param name="release">The published folder that it runs from; null: what the model says.</param>
    /// <param name="builds">Builds projects that were not built with the AppHost.</param>
    /// <param name="cancellationToken">Ends the wait for a build.</param>
    /// <exception cref="DistributedApplicationException">There is nothing that can be run; says how to get it.</exception>
    public static async Task<(string File, string[] First, string Folder)> ResolveAsync(ResourcePlan plan, PublishedSiteAnnotation? release, Func<ProjectBuilds> builds, CancellationToken cancellationToken)
    {
        var resource = plan.Resource;
        if (resource.TryGetLastAnnotation<ExecutableAnnotation>(out var executable))
        {
            return (executable.Command, [], executable.WorkingDirectory);
        }

        if (release is not null || resource.TryGetLastAnnotation(out release))
        {
            var (file, needsDotnet) = PublishedFolder.ProgramOf(plan.Name, release);
            return needsDotnet ? (LaunchPlanner.DotnetHost(), [file], release.Folder) : (file, [], release.Folder);
        }

        if (!resource.TryGetLastAnnotation<IProjectMetadata>(out var project))
        {
            throw new DistributedApplicationException($"Resource '{plan.Name}' ({plan.Type}) has nothing that can be run: it is neither a project nor an executable.");
        }

        var output = project is IProjectOutput built ? built.TargetPath : await builds().OutputAsync(plan.Name, project, cancellationToken).ConfigureAwait(false);
        return File.Exists(output)
            ? (LaunchPlanner.DotnetHost(), [output], Path.GetDirectoryName(project.ProjectPath)!)
            : throw new DistributedApplicationException($"Resource '{plan.Name}': the built assembly '{output}' does not exist. Build it: dotnet build \"{project.ProjectPath}\"");
    }
}
