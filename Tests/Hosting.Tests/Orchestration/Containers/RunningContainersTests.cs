using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Testing;

[assembly: AssemblyFixture(typeof(DockerEngine))]

namespace Hosting.Tests.Orchestration.Containers;

/// <summary>Containers on a real engine, run as an AppHost does it.</summary>
[Trait("kind", "process")]
public sealed class RunningContainersTests(DockerEngine docker) : IDisposable
{
    private readonly TempFolder _temp = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_container_gets_its_environment_arguments_entrypoint_files_and_mounts_and_its_exit_code_is_the_resources()
    {
        await docker.UseAsync();
        Directory.CreateDirectory(_temp.File("mounted"));
        await File.WriteAllTextAsync(_temp.File("mounted/note"), "from the machine", Cancelled);
        var builder = Builder();
        var tool = builder.AddContainer("tool", DockerEngine.Image)
            .WithEntrypoint("/bin/sh")
            .WithEnvironment("SINGLE", "one $HOME line")
            .WithEnvironment("PATH", "/bin:/own")
            .WithEnvironment("SEVERAL", "two\nlines")
            .WithBindMount(_temp.File("mounted"), "/mounted", isReadOnly: true)
            .WithContainerFiles(
                "/etc/tool",
                [
                    new ContainerFile { Name = "a.conf", Contents = "level=info", Owner = 1234, Group = 1235, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite },
                    new ContainerDirectory { Name = "deep", Entries = [new ContainerFile { Name = "b.conf" }] },
                ],
                defaultOwner: 7,
                umask: UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)
            .WithArgs("-c", "echo \"[$SINGLE][$PATH][$SEVERAL][$1]\"; cat /mounted/note; echo; cat /etc/tool/a.conf; echo; stat -c '%n %u:%g %a' /etc /etc/tool/a.conf /etc/tool/deep /etc/tool/deep/b.conf; echo x 2>/dev/null >/mounted/no || echo read-only; exit 7", "sh", "an argument");
        await using var app = builder.Build();

        await app.StartAsync(Cancelled);
        var ended = await EndedAsync(app, tool.Resource);

        (ended.State?.Text, ended.ExitCode).ShouldBe(("Exited", 7), await Log("tool"));
        var log = await Log("tool");
        log.ShouldContain("[one $HOME line][/bin:/own][two\nlines][an argument]");
        log.ShouldContain("from the machine\nlevel=info\n/etc 0:0 755\n/etc/tool/a.conf 1234:1235 600\n/etc/tool/deep 7:0 751\n/etc/tool/deep/b.conf 7:0 640\nread-only");
        Property(ended, "container.image").ShouldBe(DockerEngine.Image);
        Property(ended, "container.command").ShouldBe("/bin/sh");
        ended.Volumes.ShouldBe([new VolumeSnapshot(_temp.File("mounted"), "/mounted", "bind", true)]);
        await app.StopAsync(Cancelled);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_stop_gives_the_program_time_to_end_and_its_last_words_are_kept()
    {
        await docker.UseAsync();
        var builder = Builder();
        var tool = builder.AddContainer("tool", DockerEngine.Image).WithEntrypoint("/bin/sh").WithArgs("-c", "trap 'echo good bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceAsync("tool", KnownResourceStates.Running, Cancelled);
        await Wait.Until(() => File.ReadAllText(LogFile("tool")).Contains("ready", StringComparison.Ordinal));

        await app.ResourceCommands.ExecuteCommandAsync(tool.Resource, "stop", Cancelled);

        var ended = await EndedAsync(app, tool.Resource);
        (ended.State?.Text, ended.ExitCode).ShouldBe(("Exited", 3));
        (await Log("tool")).ShouldContain("good bye");
        await app.StopAsync(Cancelled);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_program_that_does_not_end_is_killed_and_nothing_is_left()
    {
        await docker.UseAsync();
        var builder = Builder();
        builder.AddContainer("tool", DockerEngine.Image).WithEntrypoint("/bin/sh").WithArgs("-c", "trap '' TERM; while :; do sleep 0.05; done").WithSupervision(s => s.StopWaitSecs = TimeSpan.FromSeconds(2));
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);
        await app.ResourceNotifications.WaitForResourceAsync("tool", KnownResourceStates.Running, Cancelled);

        await app.StopAsync(Cancelled);

        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Containers_reach_each_other_by_name_and_this_machine_reaches_them_by_their_ports()
    {
        await docker.UseAsync();
        var builder = Builder();
        var web = builder.AddContainer("web", DockerEngine.Image)
            .WithContainerFiles("/etc/web", [new ContainerFile { Name = "nginx.conf", Contents = "events {} http { access_log off; server { listen 81; location / { return 200 'served'; } } }" }])
            .WithContainerNetworkAlias("front")
            .WithHttpEndpoint(targetPort: 81)
            .WithEntrypoint("/bin/nginx").WithArgs("-c", "/etc/web/nginx.conf", "-e", "stderr", "-g", "daemon off; user root; pid /tmp/pid;");
        var client = builder.AddContainer("client", DockerEngine.Image).WithEntrypoint("/bin/sh")
            .WithEnvironment("URL", web.GetEndpoint("http"))
            .WithArgs("-c", "echo \"$URL\"; for url in $URL http://web:81 http://front:81; do curl -sS --retry 20 --retry-all-errors --retry-delay 1 $url; echo; done").WaitForStart(web);
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);

        (await EndedAsync(app, client.Resource)).ExitCode.ShouldBe(0, await Log("client"));

        (await Log("client")).ShouldBe("http://web.dev.internal:81\nserved\nserved\nserved\n");
        (await docker.InNetworkAsync("curl", "-sS", $"http://127.0.0.1:{web.GetEndpoint("http").Port}")).ShouldBe("served");
        (await docker.DockerAsync("network", "ls", "--format", "{{.Name}}")).ShouldContain("aspire-session-network-");
        await app.StopAsync(Cancelled);
        await app.DisposeAsync();
        await NothingIsLeftAsync();
        (await docker.DockerAsync("network", "ls", "--filter", $"label=stack.apphost={AppHost(builder)}", "--quiet")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_persistent_container_stays_and_is_found_again_until_it_changes()
    {
        await docker.UseAsync();
        async Task<string> RunAsync(string setting)
        {
            var builder = Builder();
            var kept = builder.AddContainer("kept", DockerEngine.Image).WithLifetime(ContainerLifetime.Persistent).WithEntrypoint("/bin/sh").WithEnvironment("SETTING", setting)
                .WithVolume("kept-data", "/data")
                .WithContainerRuntimeArgs("--network", "none")
                .WithArgs("-c", "touch /data/$SETTING; ls /data; while :; do sleep 0.05; done");
            await using var app = builder.Build();
            await app.StartAsync(Cancelled);
            await app.ResourceNotifications.WaitForResourceAsync("kept", KnownResourceStates.Running, Cancelled);
            await Wait.Until(() => File.ReadAllText(LogFile("kept")).EndsWith($"{setting}\n", StringComparison.Ordinal), () => File.ReadAllText(LogFile("kept")));
            app.ResourceNotifications.TryGetCurrentState("kept", out var now).ShouldBeTrue();
            var id = Property(now.Snapshot, "container.id")!.ToString()!;
            await app.StopAsync(Cancelled);
            (await docker.DockerAsync("inspect", "--format", "{{.State.Running}} {{.Name}}", id)).ShouldBe($"true /kept-{AppHost(builder)[..8]}");
            return id;
        }

        var first = await RunAsync("one");
        (await RunAsync("one")).ShouldBe(first);
        var changed = await RunAsync("two");

        changed.ShouldNotBe(first);
        (await Log("kept")).ShouldBe("one\none\ntwo\n", "the volume keeps what the container before it has written");
        await docker.DockerAsync("rm", "--force", changed);
        await docker.DockerAsync("volume", "rm", "kept-data");
    }

    [Fact]
    public async Task A_persistent_container_keeps_the_port_that_was_chosen_for_it()
    {
        await docker.UseAsync();
        async Task<(string Id, int Port)> RunAsync()
        {
            var builder = Builder();
            var kept = builder.AddContainer("served", DockerEngine.Image).WithLifetime(ContainerLifetime.Persistent).WithHttpEndpoint(targetPort: 81)
                .WithEntrypoint("/bin/sh").WithArgs("-c", "while :; do sleep 0.05; done");
            await using var app = builder.Build();
            await app.StartAsync(Cancelled);
            await app.ResourceNotifications.WaitForResourceAsync("served", KnownResourceStates.Running, Cancelled);
            app.ResourceNotifications.TryGetCurrentState("served", out var now).ShouldBeTrue();
            await app.StopAsync(Cancelled);
            return (Property(now.Snapshot, "container.id")!.ToString()!, kept.GetEndpoint("http").Port);
        }

        var first = await RunAsync();

        (await RunAsync()).ShouldBe(first);
        (await docker.DockerAsync("port", first.Id)).ShouldBe($"81/tcp -> 127.0.0.1:{first.Port}");
        await docker.DockerAsync("rm", "--force", first.Id);
    }

    [Fact]
    public async Task An_image_is_built_before_the_start()
    {
        await docker.UseAsync();
        await File.WriteAllTextAsync(_temp.File("Dockerfile"), $"FROM {DockerEngine.Image} AS first\nARG WORD\nENV WORD=$WORD\nCOPY note /note\nFROM first AS last\nENV WORD=wrong\n", Cancelled);
        await File.WriteAllTextAsync(_temp.File("note"), "built in", Cancelled);
        var builder = Builder();
        var tool = builder.AddDockerfile("tool", _temp.Path, stage: "first").WithBuildArg("WORD", "hello").WithEntrypoint("/bin/sh").WithArgs("-c", "echo \"said: $WORD\"; cat /note");
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);

        (await EndedAsync(app, tool.Resource)).ExitCode.ShouldBe(0, await Log("tool"));

        (await Log("tool")).ShouldContain("said: hello\nbuilt in");
    }

    [Fact]
    public async Task What_is_missing_fails_the_resource_with_its_name()
    {
        await docker.UseAsync();
        var builder = Builder();
        builder.AddContainer("image", "no.such.registry/nothing", "1").WithImagePullPolicy(ImagePullPolicy.Never);
        builder.AddContainer("mount", DockerEngine.Image).WithBindMount(_temp.File("missing"), "/data");
        builder.AddDockerfile("build", _temp.Path, "Missing.Dockerfile");
        await using var app = builder.Build();
        await app.StartAsync(Cancelled);

        (await FailureAsync(app, "image")).ShouldBe("The image 'no.such.registry/nothing:1' of resource 'image' is not there, and its pull policy is Never. Pull it with 'docker pull no.such.registry/nothing:1', or choose another policy.");
        (await FailureAsync(app, "mount")).ShouldBe($"The source '{_temp.File("missing")}' of the bind mount at '/data' of resource 'mount' does not exist. Make it, or correct the path given to WithBindMount.");
        (await FailureAsync(app, "build")).ShouldBe($"The image of resource 'build' can't be built: there is no Dockerfile '{_temp.File("Missing.Dockerfile")}'. Correct the paths given to WithDockerfile.");
    }

    [Fact]
    public async Task A_missing_engine_fails_the_containers_only_and_names_the_variable()
    {
        // Where the machine has one it does not answer.
        Environment.SetEnvironmentVariable("CONTAINER_HOST", "unix:///nonexistent/podman.sock");
        try
        {
            var builder = Builder("--ASPIRE_CONTAINER_RUNTIME=podman");
            builder.AddContainer("tool", DockerEngine.Image);
            builder.AddExecutable("other", "/bin/sleep", "/", "60");
            await using var app = builder.Build();
            await app.StartAsync(Cancelled);

            var failure = await FailureAsync(app, "tool");
            failure.ShouldStartWith("The container engine 'podman' can't be used (podman: ");
            failure.ShouldEndWith("). Install and start it, or set ASPIRE_CONTAINER_RUNTIME to the other of docker and podman.");
            await app.ResourceNotifications.WaitForResourceAsync("other", KnownResourceStates.Running, Cancelled);
        }
        finally
        {
            Environment.SetEnvironmentVariable("CONTAINER_HOST", null);
        }
    }

    private IDistributedApplicationBuilder Builder(params string[] args) => DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = ["--environment=Development", "--DcpPublisher:RandomizePorts=true", $"--Stack:State={_temp.File("state")}", .. args],
        DisableDashboard = true,
        ProjectDirectory = _temp.Path,
    });

    private static string AppHost(IDistributedApplicationBuilder builder) => builder.Configuration["AppHost:Sha256"]!.ToLowerInvariant();

    private static async Task<CustomResourceSnapshot> EndedAsync(DistributedApplication app, ContainerResource resource)
        => (await app.ResourceNotifications.WaitForResourceAsync(resource.Name, e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), Cancelled).Within(TimeSpan.FromMinutes(1))).Snapshot;

    private static async Task<string?> FailureAsync(DistributedApplication app, string name)
    {
        var failed = await app.ResourceNotifications.WaitForResourceAsync(name, e => e.Snapshot.State?.Text == KnownResourceStates.FailedToStart, Cancelled).Within(TimeSpan.FromMinutes(1));
        return Property(failed.Snapshot, "stack.reason")?.ToString();
    }

    private static object? Property(CustomResourceSnapshot snapshot, string name) => snapshot.Properties.FirstOrDefault(p => p.Name == name)?.Value;

    private string LogFile(string name) => _temp.File($"state/logs/{name}.log");

    private async Task<string> Log(string name) => await File.ReadAllTextAsync(LogFile(name), Cancelled);

    private async Task NothingIsLeftAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        while ((await docker.DockerAsync("ps", "--all", "--format", "{{.Names}}", "--filter", "label=stack.lifetime=session")) is { Length: > 0 } left || Directory.EnumerateFiles(_temp.File("state/containers")).Any())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), "a container is left");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }
    }
}
