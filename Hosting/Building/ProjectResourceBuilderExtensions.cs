using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;

namespace Aspire.Hosting;

/// <summary>Adds projects and says how they run.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the AppHost references: <c>builder.AddProject&lt;Projects.WebSite&gt;("site")</c>.</summary>
    /// <typeparam name="TProject">The class that the build generates for the reference.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, the project file is missing, or its launch settings can't be read.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TProject : IProjectMetadata, new()
        => Add(builder, name, new TProject(), launchProfileName: null, excludeLaunchProfile: false);

    /// <summary>Adds a project that the AppHost references, with a launch profile.</summary>
    /// <typeparam name="TProject">The class that the build generates for the reference.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="launchProfileName">Name of the profile; null: none.</param>
    /// <exception cref="DistributedApplicationException">The name is taken, the project file or the profile is missing, or the launch settings can't be read.</exception>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, [ResourceName] string name, string? launchProfileName)
        where TProject : IProjectMetadata, new()
        => Add(builder, name, new TProject(), launchProfileName, excludeLaunchProfile: launchProfileName is null);

    /// <summary>Says how many replicas of the project run.</summary>
    /// <param name="builder">The project.</param>
    /// <param name="replicas">The number, 0 or more.</param>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
        => builder.WithAnnotation(new ReplicaAnnotation(replicas));

    private static IResourceBuilder<ProjectResource> Add(
        IDistributedApplicationBuilder builder, string name, IProjectMetadata project, string? launchProfileName, bool excludeLaunchProfile)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = builder.AddResource(new ProjectResource(name));
        resource.WithAnnotation(project);
        AddRuntimeEnvironment(resource);
        resource.WithOtlpExporter();
        if (excludeLaunchProfile)
        {
            resource.WithAnnotation(new ExcludeLaunchProfileAnnotation());
        }
        else if (LaunchProfiles.Choose(builder, name, project, launchProfileName) is { } profile)
        {
            resource.WithAnnotation(new LaunchProfileAnnotation(profile.Name));
            AddLaunchProfile(resource, profile.Name, profile.Profile);
        }

        return resource.WithEnvironment(AddUrls);
    }

    private static void AddRuntimeEnvironment(IResourceBuilder<ProjectResource> resource)
        => resource.WithEnvironment(context =>
        {
            context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (!context.ExecutionContext.IsRunMode)
            {
                return;
            }

            if (resource.ApplicationBuilder.Environment.IsDevelopment())
            {
                context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
                context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
            }

            context.EnvironmentVariables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
            context.EnvironmentVariables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        });

    private static void AddLaunchProfile(IResourceBuilder<ProjectResource> resource, string name, LaunchProfile profile)
    {
        foreach (var url in (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var uri = BindingUrl.Parse(url);
            var taken = resource.Resource.Annotations.OfType<EndpointAnnotation>().Count(e => e.UriScheme == uri.Scheme);
            resource.WithAnnotation(new EndpointAnnotation(
                System.Net.Sockets.ProtocolType.Tcp, uri.Scheme, name: taken == 0 ? uri.Scheme : $"{uri.Scheme}{taken + 1}", port: uri.Port)
            {
                TargetHost = uri.Host,
                FromLaunchProfile = true,
            });
        }

        resource.WithEnvironment(context =>
        {
            foreach (var (key, value) in profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(key, Environment.ExpandEnvironmentVariables(value));
            }

            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", name);
        });
        if (!string.IsNullOrWhiteSpace(profile.CommandLineArgs))
        {
            resource.WithArgs(context =>
            {
                foreach (var arg in LaunchProfiles.SplitArguments(profile.CommandLineArgs))
                {
                    context.Args.Add(arg);
                }
            });
        }
    }

    // The last callback that AddProject registers runs before those of the user, who may therefore overwrite it.
    private static void AddUrls(EnvironmentCallbackContext context)
    {
        var endpoints = context.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsInjected && e.UriScheme is "http" or "https").ToList();
        if (endpoints.Count == 0 || !context.ExecutionContext.IsRunMode)
        {
            return;
        }

        context.EnvironmentVariables.TryAdd("ASPNETCORE_URLS", new ReplicaValue(replica =>
            string.Join(';', endpoints.Select(e => $"{e.UriScheme}://{e.TargetHost}:{replica.Ports[e.Name]}"))));
        if (endpoints.FirstOrDefault(e => e.UriScheme == "https") is { } https)
        {
            context.EnvironmentVariables.TryAdd("ASPNETCORE_HTTPS_PORT", new EndpointReference((IResourceWithEndpoints)context.Resource, https).Property(EndpointProperty.Port));
        }
    }
}
