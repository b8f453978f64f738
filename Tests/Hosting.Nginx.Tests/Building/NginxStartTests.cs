using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Building;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Tests.Serving;

namespace Stack.Hosting.Nginx.Tests.Building;

/// <summary>What happens between the plan and the first process. The applications here never get further.</summary>
[Trait("kind", "process")]
public sealed class NginxStartTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task The_engine_is_told_to_run_nginx_with_all_replicas_of_the_plan()
    {
        var port = RunningNginx.FreePort();

        var (nginx, arguments) = await StartAsync(Build(port));

        nginx.TryGetLastAnnotation<ExecutableAnnotation>(out var program).ShouldBeTrue();
        program!.Command.ShouldBe(Installed.Executable);
        program.WorkingDirectory.ShouldBe(State);
        arguments.ShouldBe(["-c", $"{State}/current/nginx.conf", "-e", "stderr", "-g", "daemon off;"]);
        Generated("pools.conf").Split('\n').TakeWhile(line => line != "}").Count(line => line.StartsWith("    server 127.0.0.1:", StringComparison.Ordinal) && !line.Contains("backup", StringComparison.Ordinal)).ShouldBe(3);
        Generated("server.conf").ShouldContain($"    listen 127.0.0.1:{nginx.HttpEndpoint.Port} default_server;\n");
    }

    [Fact]
    public async Task Two_of_them_have_a_folder_each()
    {
        var (edge, arguments) = await StartAsync(builder =>
        {
            var site = builder.AddResource(new ProjectResource("site")).WithReplicas(3).WithSequentialPorts(firstPort: 8001);
            builder.AddNginx("nginx", RunningNginx.FreePort()).WithUpstream(site);
            builder.AddNginx("edge", RunningNginx.FreePort()).WithUpstream(site);
        });

        var listens = $"    listen 127.0.0.1:{edge.HttpEndpoint.Port} default_server;\n";
        arguments[1].ShouldBe($"{State}-edge/current/nginx.conf");
        File.ReadAllText($"{State}-edge/current/stack/server.conf").ShouldContain(listens);
        Generated("server.conf").ShouldNotContain(listens);
    }

    [Fact]
    public async Task All_interfaces_are_listened_on_only_when_the_AppHost_says_so()
    {
        var (nginx, _) = await StartAsync(Build(RunningNginx.FreePort(), nginx => nginx.WithExternalHttpEndpoints()));

        Generated("server.conf").ShouldContain($"    listen 0.0.0.0:{nginx.HttpEndpoint.Port} default_server;\n");
    }

    [Fact]
    public async Task The_users_folder_is_checked_and_the_message_names_its_file_and_line()
    {
        var source = RunningNginx.CopyOfSources(_temp);
        var file = Path.Combine(source, "nginx.conf");
        await File.WriteAllTextAsync(
            file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("sendfile ", "sendfiel ", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var line = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).ToList().FindIndex(text => text.Contains("sendfiel", StringComparison.Ordinal)) + 1;

        var error = await FailAsync(Build(RunningNginx.FreePort()), $"--Stack:Nginx:Folder={source}");

        error.ShouldStartWith("nginx does not accept the configuration of 'nginx', so nothing was started. Correct it, then start again; what was checked is in '");
        error.ShouldEndWith($"'.{Environment.NewLine}[emerg] unknown directive \"sendfiel\" in {file}:{line}");
        File.Exists(Path.Combine(State, NginxNames.CurrentLink)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_broken_configuration_leaves_the_current_one_in_place()
    {
        var source = RunningNginx.CopyOfSources(_temp);
        await StartAsync(Build(RunningNginx.FreePort()), $"--Stack:Nginx:Folder={source}");
        var current = new FileInfo(Path.Combine(State, NginxNames.CurrentLink)).LinkTarget;
        await File.WriteAllTextAsync(Path.Combine(source, "conf.d", "server-mine.conf"), "locatoin / { }", TestContext.Current.CancellationToken);

        var error = await FailAsync(Build(RunningNginx.FreePort()), $"--Stack:Nginx:Folder={source}");

        error.ShouldContain($"unknown directive \"locatoin\" in {source}/conf.d/server-mine.conf:1");
        new FileInfo(Path.Combine(State, NginxNames.CurrentLink)).LinkTarget.ShouldBe(current);
    }

    [Fact]
    public async Task A_daemon_directive_of_the_users_is_found_before_the_start()
    {
        var source = RunningNginx.CopyOfSources(_temp);
        await File.AppendAllTextAsync(Path.Combine(source, "nginx.conf"), "daemon on;\n", TestContext.Current.CancellationToken);

        (await FailAsync(Build(RunningNginx.FreePort()), $"--Stack:Nginx:Folder={source}")).ShouldContain($"[emerg] \"daemon\" directive is duplicate in {source}/nginx.conf:");
    }

    [Fact]
    public async Task Without_nginx_the_message_names_both_remedies()
    {
        var error = await FailAsync(Build(RunningNginx.FreePort()), "--Stack:Nginx:Path=/no/such/nginx");

        error.ShouldContain("Install nginx 1.22 or newer (Debian: apt install nginx), or set its path (setting Stack:Nginx:Path).");
        error.ShouldContain("Start a container engine (docker or podman) and provide the image 'nginx:1.28' (setting Stack:Nginx:Image).");
        error.ShouldEndWith("Process: '/no/such/nginx' does not tell a version: not found.");
    }

    [Fact]
    public async Task A_runtime_that_is_none_is_named()
    {
        (await FailAsync(Build(RunningNginx.FreePort()), "--Stack:Nginx:Runtime=wasm"))
            .ShouldBe("'wasm' is no runtime for Nginx (setting Stack:Nginx:Runtime). Use 'auto', 'container' or 'process'.");
    }

    [Fact]
    public async Task Nginx_without_an_upstream_is_an_error()
    {
        (await FailAsync(builder => builder.AddNginx("nginx", RunningNginx.FreePort())))
            .ShouldEndWith("- It has no upstream. Call WithUpstream(site).");
    }

    [Fact]
    public async Task A_site_without_http_is_an_error()
    {
        var error = await FailAsync(builder => builder.AddNginx("nginx", RunningNginx.FreePort()).WithUpstream(builder.AddResource(new ProjectResource("site"))));

        error.ShouldBe("Nginx 'nginx' can't send requests to 'site': it has no endpoint with the scheme 'http'. Declare one, for example with WithSequentialPorts.");
    }

    private string State => Path.Combine(_temp.Path, "state", "nginx");

    private string Generated(string name) => File.ReadAllText(Path.Combine(State, NginxNames.CurrentLink, "stack", name));

    private static Action<IDistributedApplicationBuilder> Build(int port, Action<IResourceBuilder<NginxResource>>? configure = null) => builder =>
    {
        var site = builder.AddResource(new ProjectResource("site")).WithReplicas(3).WithSequentialPorts(firstPort: 8001);
        var nginx = builder.AddNginx("nginx", port).WithUpstream(site);
        configure?.Invoke(nginx);
    };

    /// <summary>Starts an application up to the point where everything is prepared.</summary>
    private async Task<(NginxResource Nginx, IReadOnlyList<string> Arguments)> StartAsync(Action<IDistributedApplicationBuilder> build, params string[] settings)
    {
        NginxResource? nginx = null;
        List<object> arguments = [];
        var error = await Should.ThrowAsync<FarEnough>(() => RunAsync(build, settings, async builder =>
        {
            nginx = builder.Resources.OfType<NginxResource>().Last();
            foreach (var callback in nginx.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            {
                await callback.Callback(new CommandLineArgsCallbackContext(arguments, nginx) { ExecutionContext = builder.ExecutionContext, Logger = NullLogger.Instance });
            }
        }));
        error.ShouldNotBeNull();
        return (nginx!, [.. arguments.Cast<string>()]);
    }

    private async Task<string> FailAsync(Action<IDistributedApplicationBuilder> build, params string[] settings) =>
        (await Should.ThrowAsync<DistributedApplicationException>(() => RunAsync(build, settings, _ => Task.CompletedTask))).Message;

    private async Task RunAsync(Action<IDistributedApplicationBuilder> build, string[] settings, Func<IDistributedApplicationBuilder, Task> look)
    {
        string[] runtime = settings.Any(setting => setting.Contains("Nginx:Runtime", StringComparison.Ordinal)) ? [] : ["--Stack:Nginx:Runtime=process"];
        var builder = DistributedApplication.CreateBuilder(
            ["--DisableDashboard=true", "--DcpPublisher:RandomizePorts=true", $"--Stack:State={Path.Combine(_temp.Path, "state")}", .. runtime, .. settings]);
        build(builder);
        builder.Eventing.Subscribe<ResourceEndpointsAllocatedEvent>(builder.Resources.OfType<NginxResource>().Last(), async (_, _) =>
        {
            await look(builder);
            throw new FarEnough();
        });
        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    private sealed class FarEnough : Exception;
}
