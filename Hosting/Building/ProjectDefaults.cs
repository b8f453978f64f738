using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Allocation;

namespace Stack.Hosting.Building;

/// <summary>What AddProject takes over from a project: its environment, launch profile and endpoints.</summary>
internal static class ProjectDefaults
{
    public static void Apply(IResourceBuilder<ProjectResource> project, IProjectMetadata metadata, string folder, ProjectResourceOptions options)
    {
        var builder = project.ApplicationBuilder;
        AddRuntimeEnvironment(project);
        project.WithOtlpExporter();
        if (builder.ExecutionContext.IsPublishMode)
        {
            project.WithEnvironment(ProjectEnvironment.AddForwardedHeaders);
        }

        var profile = ChooseProfile(project, metadata, options);
        var hasKestrel = !options.ExcludeKestrelEndpoints && KestrelEndpoints.Add(project, metadata, folder);
        if (builder.ExecutionContext.IsPublishMode)
        {
            if (hasKestrel || !string.IsNullOrWhiteSpace(profile?.Profile.ApplicationUrl))
            {
                AddImplicitEndpoints(project);
            }
        }
        else if (profile is { } chosen)
        {
            if (!hasKestrel)
            {
                AddUrls(project, chosen.Profile);
            }

            AddProfile(project, chosen.Name, chosen.Profile);
        }

        project.WithEnvironment(hasKestrel ? ProjectEnvironment.AddKestrelUrls : builder.ExecutionContext.IsRunMode ? ProjectEnvironment.AddUrls : ProjectEnvironment.AddPorts);
    }

    private static (string Name, LaunchProfile Profile)? ChooseProfile(IResourceBuilder<ProjectResource> project, IProjectMetadata metadata, ProjectResourceOptions options)
    {
        if (options.ExcludeLaunchProfile)
        {
            project.WithAnnotation(new ExcludeLaunchProfileAnnotation());
            return null;
        }

        var configuration = project.ApplicationBuilder.Configuration;
        var preferred = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        if (!string.IsNullOrEmpty(preferred))
        {
            project.WithAnnotation(new DefaultLaunchProfileAnnotation(preferred));
        }

        var profile = LaunchProfiles.Choose(project.Resource.Name, metadata, options.LaunchProfileName, preferred);
        if (options.LaunchProfileName is { } name)
        {
            project.WithAnnotation(new LaunchProfileAnnotation(name));
        }

        return profile;
    }

    private static void AddRuntimeEnvironment(IResourceBuilder<ProjectResource> project)
        => project.WithEnvironment(context =>
        {
            var environment = context.EnvironmentVariables;
            environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (!context.ExecutionContext.IsRunMode)
            {
                return;
            }

            if (project.ApplicationBuilder.Environment.IsDevelopment())
            {
                environment["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
                environment["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
            }

            environment["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
            environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        });

    private static void AddUrls(IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        Dictionary<string, int> count = new(StringComparer.OrdinalIgnoreCase);
        foreach (var url in (profile.ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = BindingUrl.Parse(url);
            var ordinal = count[address.Scheme] = count.GetValueOrDefault(address.Scheme) + 1;
            var name = ordinal == 1 ? address.Scheme : $"{address.Scheme}{ordinal}";
            project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, address.Scheme, name: name, port: address.Port) { TargetHost = address.Host, FromSettings = true });
            if (!string.IsNullOrWhiteSpace(profile.LaunchUrl))
            {
                project.WithUrlForEndpoint(name, shown => shown.Url = LaunchProfiles.ShownUrl(shown.Url, profile.LaunchUrl));
            }
        }
    }

    private static void AddProfile(IResourceBuilder<ProjectResource> project, string name, LaunchProfile profile)
    {
        project.WithEnvironment(context =>
        {
            foreach (var (key, value) in profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(key, Environment.ExpandEnvironmentVariables(value));
            }

            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", name);
        });
        if (!string.IsNullOrWhiteSpace(profile.CommandLineArgs))
        {
            project.WithArgs(context =>
            {
                foreach (var argument in LaunchProfiles.SplitArguments(profile.CommandLineArgs))
                {
                    context.Args.Add(argument);
                }
            });
        }
    }

    // What a project serves on its own machine it also serves where it is published to: http inside, and https in front of it.
    private static void AddImplicitEndpoints(IResourceBuilder<ProjectResource> project)
    {
        foreach (var scheme in new[] { "http", "https" })
        {
            if (!project.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.HasName(scheme)))
            {
                project.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, scheme, name: scheme) { IsImplicit = true });
            }
        }
    }
}
