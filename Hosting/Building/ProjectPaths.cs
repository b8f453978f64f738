using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;

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

        var published = Published(resource, full);
        return (new PublishedProject($"{published.Program}.dll"), published);
    }

    /// <exception cref="DistributedApplicationException">Nothing was published there, or several programs were.</exception>
    public static PublishedSiteAnnotation Published(string resource, string folder)
    {
        var configs = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.runtimeconfig.json") : [];
        return configs.Length switch
        {
            1 => new PublishedSiteAnnotation(folder, configs[0]),
            0 when !Directory.Exists(folder) => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' does not exist. Publish the site there, or correct the path."),
            0 => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' has neither a project file nor a *.runtimeconfig.json, so there is nothing to run. Publish the site there, or correct the path."),
            _ => throw new DistributedApplicationException($"Resource '{resource}': the folder '{folder}' has {configs.Length} published programs ({Names(configs)}). Publish each to a folder of its own."),
        };
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
