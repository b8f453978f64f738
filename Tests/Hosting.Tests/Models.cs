using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Hosting.Tests;

/// <summary>Builders of small models for tests; nothing of them is started.</summary>
internal static class Models
{
    public static IDistributedApplicationBuilder Empty(params string[] args)
        => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true, ProjectDirectory = Path.GetTempPath() });

    /// <summary>A project whose launch settings are given in place of a file.</summary>
    public static IResourceBuilder<ProjectResource> AddSite(this IDistributedApplicationBuilder builder, string name = "site")
        => builder.AddProject<Site>(name);

    /// <summary>What the build would generate for a site with one launch profile.</summary>
    public sealed class Site : IProjectMetadata, Stack.Hosting.ApplicationModel.IProjectOutput
    {
        public string ProjectPath { get; } = Path.Combine(Path.GetTempPath(), "Site", "Site.csproj");

        public string TargetPath { get; } = Path.Combine(Path.GetTempPath(), "Site", "bin", "Site.dll");

        public LaunchSettings? LaunchSettings { get; } = new()
        {
            Profiles =
            {
                ["iis"] = new LaunchProfile { CommandName = "IISExpress" },
                ["http"] = new LaunchProfile
                {
                    CommandName = "Project",
                    ApplicationUrl = "http://localhost:5080",
                    EnvironmentVariables = { ["GREETING"] = "from the profile" },
                },
                ["other"] = new LaunchProfile { CommandName = "Project", ApplicationUrl = "http://localhost:5081;https://localhost:5082", CommandLineArgs = "--one \"two three\"" },
            },
        };
    }
}
