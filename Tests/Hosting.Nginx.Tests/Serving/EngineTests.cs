using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Nginx.Runtime;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>An application with a site and Nginx, run by the engine as an AppHost does it.</summary>
[Trait("kind", "process")]
public sealed class EngineTests(DockerEngine docker) : IDisposable
{
    private readonly Nginx.Tests.TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_temp.Path, "state", "nginx");

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(NginxRuntime.Process)]
    [InlineData(NginxRuntime.Container)]
    public async Task Nginx_is_started_with_the_site_restarted_when_it_is_killed_and_stopped_with_the_application(NginxRuntime runtime)
    {
        if (runtime == NginxRuntime.Container)
        {
            await docker.UseAsync();
        }

        var builder = DistributedApplication.CreateBuilder(
        [
            "--environment=Development", "--DisableDashboard=true", "--DcpPublisher:RandomizePorts=true", $"--Stack:State={_temp.Path}/state",
            $"--Stack:Nginx:Image={DockerEngine.Image}", $"--Stack:Nginx:Runtime={runtime}",
        ]);
        var site = builder.AddResource(new ProjectResource("site"))
            .WithAnnotation(new ActorSite())
            .WithReplicas(2)
            .WithSequentialPorts(firstPort: 8001)
            .WithHttpHealthCheck();
        site.WithAnnotation(new CommandLineArgsCallbackAnnotation(arguments =>
        {
            arguments.Add("serve");
            arguments.Add(site.GetEndpoint("http").Property(EndpointProperty.TargetPort));
        }));
        var nginx = builder.AddNginx("nginx", port: 8080).WithUpstream(site);
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);
        using HttpClient client = new() { BaseAddress = new Uri(nginx.GetEndpoint("http").Url), Timeout = TimeSpan.FromSeconds(5) };

        site.GetEndpoint("http").Port.ShouldBe(nginx.GetEndpoint("http").Port);
        await ServesAsync(client);
        var first = await MasterAsync(runtime);
        Signals.Send(first, Signals.Kill);
        await Wait.Until(() => !Directory.Exists($"/proc/{first}"));
        await ServesAsync(client);
        (await MasterAsync(runtime)).ShouldNotBe(first);

        await app.StopAsync(Cancelled);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/", Cancelled));
        await NothingIsLeftAsync(runtime);
    }

    private static async Task ServesAsync(HttpClient client)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await client.GetAsync("/", Cancelled);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                return;
            }
            catch (HttpRequestException) when (TimeProvider.System.GetElapsedTime(start) < Wait.Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
            }
        }
    }

    /// <summary>The process of the master, as this machine sees it.</summary>
    private async Task<int> MasterAsync(NginxRuntime runtime)
    {
        if (runtime == NginxRuntime.Process)
        {
            return int.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "nginx.pid"), Cancelled));
        }

        var container = await DockerEngine.DockerAsync("ps", "--quiet", "--filter", $"label={ContainerRun.Label(Folder)}");
        return int.Parse(await DockerEngine.DockerAsync("inspect", "--format", "{{.State.Pid}}", container));
    }

    private async Task NothingIsLeftAsync(NginxRuntime runtime)
    {
        await Wait.Until(() => !Directory.EnumerateFiles(Folder, "guard-*").Any());
        if (runtime == NginxRuntime.Container)
        {
            (await DockerEngine.DockerAsync("ps", "--all", "--quiet", "--filter", $"label={ContainerRun.Label(Folder)}")).ShouldBeEmpty();
        }
    }

    /// <summary>The test child as a project that is built.</summary>
    private sealed class ActorSite : IProjectMetadata, IProjectOutput
    {
        public string ProjectPath => Path.Combine(Path.GetDirectoryName(ActorProgram.Path)!, "Actor.csproj");

        public string TargetPath => $"{ActorProgram.Path}.dll";
    }
}
