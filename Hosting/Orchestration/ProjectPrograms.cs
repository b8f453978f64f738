using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>Finds out what a resource runs as: the program, what comes first on its command line, and the folder it runs in.</summary>
internal static class ProjectPrograms
{
    /// <param name="plan">The resource.</param>
    /// <param name="builds">Builds projects that were not built with the AppHost.</param>
    /// <param name="cancellationToken">Ends the wait for a build.</param>
    /// <exception cref="DistributedApplicationException">There is nothing that can be run; says how to get it.</exception>
    public static async Task<(string File, string[] First, string Folder)> ResolveAsync(ResourcePlan plan, Func<ProjectBuilds> builds, CancellationToken cancellationToken)
    {
        var resource = plan.Resource;
        if (resource.TryGetLastAnnotation<ExecutableAnnotation>(out var executable))
        {
            return (executable.Command, [], executable.WorkingDirectory);
        }

        if (resource.TryGetLastAnnotation<PublishedSiteAnnotation>(out var published))
        {
            return Published(plan.Name, published);
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

    private static (string File, string[] First, string Folder) Published(string resource, PublishedSiteAnnotation published)
    {
        // One that brings its runtime along is a program of its own.
        if (File.ReadAllText(published.RuntimeConfig).Contains("\"includedFrameworks\"", StringComparison.Ordinal))
        {
            return (Existing(resource, OperatingSystem.IsWindows() ? $"{published.Program}.exe" : published.Program), [], published.Folder);
        }

        return (LaunchPlanner.DotnetHost(), [Existing(resource, $"{published.Program}.dll")], published.Folder);
    }

    private static string Existing(string resource, string file) => File.Exists(file)
        ? file
        : throw new DistributedApplicationException($"Resource '{resource}': the published program '{file}' does not exist. Publish the site again: dotnet publish -o \"{Path.GetDirectoryName(file)}\"");
}
