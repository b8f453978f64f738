using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Testing;

namespace Hosting.Tests.Publishing.Manifest;

/// <summary>A model with a resource of every type that the manifest has, compared with the file beside this one. UPDATE_GOLDEN=1 rewrites it.</summary>
public sealed class GoldenManifestTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Every_type_of_resource_is_as_in_the_golden_file()
    {
        await File.WriteAllTextAsync(_temp.File("Dockerfile"), "FROM scratch", TestContext.Current.CancellationToken);

        var manifest = await Manifests.WriteAsync(Everything());

        await ShouldBeAsync("everything.json", manifest.Text);
        await ShouldBeAsync("everything.stack.json", manifest.Sidecar!);
        manifest.Warnings.Count.ShouldBe(1, "the number of replicas is lost");
    }

    private async Task ShouldBeAsync(string name, string text)
    {
        var golden = Path.Combine(Here(), "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(golden)!);
            await File.WriteAllTextAsync(golden, text, TestContext.Current.CancellationToken);
        }

        text.ShouldNotContain(_temp.Path);
        text.ShouldBe(await File.ReadAllTextAsync(golden, TestContext.Current.CancellationToken), $"{golden} (UPDATE_GOLDEN=1 rewrites it)");
    }

    private IDistributedApplicationBuilder Everything()
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--publisher", "manifest"],
            DisableDashboard = true,
            ProjectDirectory = _temp.Path,
        });
        var key = builder.AddParameter("key");
        var password = builder.AddParameter("password", new GenerateParameterDefault { MinLength = 24, Special = false }, secret: true);
        var colour = builder.AddParameter("colour", "blue", publishValueAsDefault: true);
        var configured = builder.AddConnectionString("configured");
        var cache = builder.AddContainer("cache", "redis", "7").WithEndpoint(targetPort: 6379, name: "tcp").WithVolume("cache-data", "/data")
            .WithEntrypoint("redis-server").WithArgs("--requirepass", password.Resource);
        var endpoint = cache.GetEndpoint("tcp");
        var built = builder.AddConnectionString(
            "cache-url", ReferenceExpression.Create($"redis://:{password.Resource:uri}@{endpoint.Property(EndpointProperty.HostAndPort)}/0"));
        var api = builder.AddProject<Api>("api").WithReplicas(3).WithSequentialPorts(8001).WithExternalHttpEndpoints().WithArgs("--colour", colour.Resource)
            .WithReference(built).WithReference(configured).WithEnvironment("KEY", key);
        var assets = builder.AddDockerfile("assets", ".", stage: "final").WithBuildArg("VERSION", key).WithBindMount("conf", "/etc/conf", isReadOnly: true).WithHttpEndpoint(port: 8080, targetPort: 80);
        builder.AddContainer("front", "nginx", "1.28").WithHttpEndpoint(port: 80, targetPort: 8080).WithExternalHttpEndpoints().WithReference(api).WithReference(assets.GetEndpoint("http"));
        api.WithHttpHealthCheck("/ready").WithRestartPolicy(RestartMode.OnFailure).WithSupervision(s => s.StopWaitSecs = TimeSpan.FromSeconds(20)).WaitFor(cache);
        builder.AddExecutable("job", "python3", "jobs", "main.py", "--url", "x").WaitForStart(api).WithReference(api).WithEnvironment(c => c.EnvironmentVariables["OUTSIDE"] = new ParameterResource("outside", _ => ""));
        builder.AddExternalService("weather", "https://weather.example.org/");
        return builder;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    /// <summary>What the build would generate; its project file need not be there.</summary>
    public sealed class Api : IProjectMetadata
    {
        public string ProjectPath { get; } = Path.Combine(Path.GetTempPath(), "Api", "Api.csproj");

        public LaunchSettings? LaunchSettings { get; } = new() { Profiles = { ["http"] = new LaunchProfile { CommandName = "Project", ApplicationUrl = "http://localhost:5080" } } };
    }
}
