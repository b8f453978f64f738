using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Releases;

namespace Stack.Hosting.Building;

/// <summary>Finds out what a path stands for that a project was added with: a project file, its folder, or a folder that a site was published to.</summary>
internal static class ProjectPaths
{
    /// <exception cref="DistributedApplicationException">The path leads to none of these.</exception>
    public static (IProjectMetadata Project, PublishedSiteAnnotation? Published) Resolve(string resource, string appHostDirectory, string path)
    {
        var full = Path.GetFullPath(path.Replace('\\', Path.DirectorySeparatorChar), appHostDirectory);
        if (!Directory.Exists(full))
        {
            return File.Exists(full)
                ? (new ProjectAtPath(full), null)
                : throw new DistributedApplicationException($"Resource '{resource}': the project file '{full}' does not exist. Correct the path; a relative one starts at the AppHost's folder.");
        }

        var projects = Directory.GetFiles(full, "*.csproj");
        if (projects.Length == 1)
        {
            return (new ProjectAtPath(projects[0]), null);
        }

        if (projects.Length > 1)
        {
            throw new DistributedApplicationException($"Resource '{resource}': the folder '{full}' has {projects.Length} project files ({Names(projects)}). Name one of them.");
        }

        var published = PublishedFolder.Find(resource, full);
        return (new PublishedProject($"{published.Program}.dll"), published);
    }

    private static string Names(IEnumerable<string> files) => string.Join(", ", files.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    private sealed class ProjectAtPath(string path) : IProjectMetadata
    {
        public string ProjectPath { get; } = path;
    }

    private sealed class PublishedProject(string assembly) : IProjectMetadata
    {
        public string ProjectPath { get; } = assembly;

        public LaunchSettings? LaunchSettings { get; } = new();

        public bool SuppressBuild => true;
    }
}
