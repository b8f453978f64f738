using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Orchestration.Releases;

namespace Aspire.Hosting;

/// <summary>Adds projects and says how they run.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references.</summary>
    /// <typeparam name="TProject">The class that the build generates for the reference.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, the project file is missing, or its launch settings can't be read.</exception>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site");</code></example>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new()
        => builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project that the AppHost references, with a launch profile.</summary>
    /// <typeparam name="TProject">The class that the build generates for the reference.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="launchProfileName">Name of the profile; null: none.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, the project file or the profile is missing, or the launch settings can't be read.</exception>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site", launchProfileName: "https");</code></example>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, string? launchProfileName)
        where TProject : IProjectMetadata, new()
        => builder.AddProject<TProject>(name, options => Choose(options, launchProfileName));

    /// <summary>Adds a project that the AppHost references, and says what the resource takes over from it.</summary>
    /// <typeparam name="TProject">The class that the build generates for the reference.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, the project file or the profile is missing, or the project's settings can't be read.</exception>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site", o => o.ExcludeKestrelEndpoints = true);</code></example>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
        => Add(builder, name, () => (new TProject(), null), configure);

    /// <summary>Adds a project by its path. It is built once before its first replica starts.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, of a folder with one, or of a folder that a site was published to (ours); a relative one starts at the AppHost's folder.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, there is nothing to run at the path, or the launch settings can't be read.</exception>
    /// <example><code>builder.AddProject("site", "../WebSite/WebSite.csproj");</code></example>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath)
        => builder.AddProject(name, projectPath, _ => { });

    /// <summary>Adds a project by its path, with a launch profile. It is built once before its first replica starts.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, of a folder with one, or of a folder that a site was published to (ours); a relative one starts at the AppHost's folder.</param>
    /// <param name="launchProfileName">Name of the profile; null: none.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, there is nothing to run at the path, the profile is missing, or the launch settings can't be read.</exception>
    /// <example><code>builder.AddProject("site", "../WebSite", launchProfileName: "https");</code></example>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath, string? launchProfileName)
        => builder.AddProject(name, projectPath, options => Choose(options, launchProfileName));

    /// <summary>Adds a project by its path, and says what the resource takes over from it. It is built once before its first replica starts.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="projectPath">Path of the project file, of a folder with one, or of a folder that a site was published to (ours); a relative one starts at the AppHost's folder.</param>
    /// <param name="configure">Changes the options.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, there is nothing to run at the path, the profile is missing, or the project's settings can't be read.</exception>
    /// <example><code>builder.AddProject("site", "../WebSite", o => o.ExcludeLaunchProfile = true);</code></example>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, [ResourceName] string name, string projectPath, Action<ProjectResourceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(projectPath);
        return Add(builder, name, () => ProjectPaths.Resolve(name, builder.AppHostDirectory, projectPath), configure);
    }

    /// <summary>Says how many replicas of the project run.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">The number, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site").WithReplicas(4);</code></example>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ReplicaAnnotation(replicas));
    }

    /// <summary>Lets the published project not take the client's address and scheme from forwarded headers, as it does otherwise.</summary>
    /// <param name="builder">The project.</param>
    /// <example><code>builder.AddProject&lt;Projects.WebSite&gt;("site").DisableForwardedHeaders();</code></example>
    public static IResourceBuilder<ProjectResource> DisableForwardedHeaders(this IResourceBuilder<ProjectResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new DisableForwardedHeadersAnnotation(), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Chooses the endpoints that the project's environment tells it to listen on; with several calls an endpoint has to pass all of them.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="filter">True for an endpoint that stays.</param>
    /// <example><code>site.WithHttpEndpoint(name: "admin").WithEndpointsInEnvironment(e => e.Name != "admin");</code></example>
    public static IResourceBuilder<ProjectResource> WithEndpointsInEnvironment(this IResourceBuilder<ProjectResource> builder, Func<EndpointAnnotation, bool> filter)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(filter);
        return builder.WithAnnotation(new EndpointsInEnvironmentAnnotation(filter));
    }

    private static void Choose(ProjectResourceOptions options, string? launchProfileName)
    {
        options.LaunchProfileName = launchProfileName;
        options.ExcludeLaunchProfile = launchProfileName is null;
    }

    private static IResourceBuilder<ProjectResource> Add(
        IDistributedApplicationBuilder builder, string name, Func<(IProjectMetadata Project, PublishedSiteAnnotation? Published)> find, Action<ProjectResourceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ProjectResourceOptions();
        configure(options);
        var resource = new ProjectResource(name);
        var (project, published) = find();
        if (builder.Configuration[$"Stack:Projects:{name}:Folder"] is { Length: > 0 } folder)
        {
            published = PublishedFolder.Find(name, Path.GetFullPath(folder, builder.AppHostDirectory));
        }

        var added = builder.AddResource(resource).WithAnnotation(project);
        if (published is not null)
        {
            // There are no launch settings in what was published.
            added.WithAnnotation(published);
            options.ExcludeLaunchProfile = true;
        }

        ProjectDefaults.Apply(added, project, published?.Folder ?? Path.GetDirectoryName(project.ProjectPath) ?? builder.AppHostDirectory, options);
        return added;
    }
}
