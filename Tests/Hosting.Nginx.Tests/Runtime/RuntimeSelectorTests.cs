using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Runtime;

/// <summary>The table of the choice between container and process, row by row.</summary>
public sealed class RuntimeSelectorTests
{
    private const string Docker = "24.0.1|Debian GNU/Linux 12 (bookworm)|[name=seccomp,profile=default]\n";
    private const string Podman = "5.0.2|linux|rootless=false\n";
    private const string Nginx = "/usr/sbin/nginx";

    private static readonly CommandResult Ok = new(0, "sha256:1\n", "");

    private readonly ScriptedCommands _commands = new();
    private readonly List<string> _executables = [];

    [Fact]
    public async Task Auto_takes_the_container_when_engine_and_image_are_there()
    {
        WithDocker().WithImage("docker", "1.28.0").WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto)).ShouldBe(
            new ContainerChoice("docker", "nginx:1.28", new NginxVersion(1, 28, 0), "Auto: docker 24.0.1, image 'nginx:1.28' with nginx 1.28.0"));
    }

    [Fact]
    public async Task The_image_is_pulled_when_it_is_not_there()
    {
        WithDocker().WithVersionInImage("docker", "1.28.0");
        _commands.On("docker pull --quiet nginx:1.28", Ok);

        (await SelectAsync(NginxRuntime.Auto)).ShouldBeOfType<ContainerChoice>();
        _commands.Asked.ShouldContain("docker pull --quiet nginx:1.28");
    }

    [Fact]
    public async Task An_image_that_is_there_is_not_pulled()
    {
        WithDocker().WithImage("docker", "1.28.0");

        await SelectAsync(NginxRuntime.Auto);

        _commands.Asked.ShouldNotContain(command => command.Contains(" pull "));
    }

    [Fact]
    public async Task Podman_is_taken_when_docker_does_not_answer()
    {
        _commands.On("docker info", new CommandResult(null, "", "no answer within 2 s")).On("podman info", new CommandResult(0, Podman, ""));
        WithImage("podman", "1.28.0");

        (await SelectAsync(NginxRuntime.Auto)).ShouldBeOfType<ContainerChoice>().Engine.ShouldBe("podman");
    }

    [Fact]
    public async Task Docker_is_taken_when_both_answer()
    {
        WithDocker().WithImage("docker", "1.28.0").WithImage("podman", "1.28.0");
        _commands.On("podman info", new CommandResult(0, Podman, ""));

        (await SelectAsync(NginxRuntime.Auto)).ShouldBeOfType<ContainerChoice>().Engine.ShouldBe("docker");
    }

    [Theory]
    [InlineData("24.0.1|Ubuntu|[name=seccomp name=rootless name=cgroupns]", "docker 24.0.1: rootless, so that a container can't have the host's network")]
    [InlineData("24.0.1|Docker Desktop|[name=seccomp]", "docker 24.0.1: Docker Desktop runs containers in a virtual machine, so that one can't have the host's network")]
    public async Task An_engine_without_the_hosts_network_is_not_taken(string info, string found)
    {
        _commands.On("docker info", new CommandResult(0, info, ""));
        WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto)).Reason.ShouldBe($"Auto: '/usr/sbin/nginx', nginx 1.22.1, since there is no container ({found}; podman: not found)");
    }

    [Fact]
    public async Task Rootless_podman_is_not_taken()
    {
        _commands.On("podman info", new CommandResult(0, "5.0.2|linux|rootless=true", ""));
        WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto)).Reason.ShouldContain("podman 5.0.2: rootless");
    }

    [Fact]
    public async Task Auto_takes_the_process_when_no_engine_answers()
    {
        WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto)).ShouldBe(new ProcessChoice(
            Nginx, new NginxVersion(1, 22, 1), "Auto: '/usr/sbin/nginx', nginx 1.22.1, since there is no container (docker: not found; podman: not found)"));
    }

    [Fact]
    public async Task Auto_takes_the_process_when_the_image_can_not_be_had()
    {
        WithDocker().WithExecutable(Nginx, "1.22.1");
        _commands.On("docker pull", new CommandResult(1, "", "no route to host"));

        (await SelectAsync(NginxRuntime.Auto)).Reason.ShouldBe(
            "Auto: '/usr/sbin/nginx', nginx 1.22.1, since there is no container (docker 24.0.1, but image 'nginx:1.28' is not there and can't be pulled: no route to host)");
    }

    [Theory]
    [InlineData("1.20.2", "docker 24.0.1, but image 'nginx:1.28' with nginx 1.20.2, which is older than 1.22.0")]
    [InlineData("?", "docker 24.0.1, but image 'nginx:1.28' does not run nginx: nginx version: nginx/?")]
    public async Task Auto_takes_the_process_when_the_image_is_not_usable(string version, string found)
    {
        WithDocker().WithImage("docker", version).WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto)).Reason.ShouldEndWith($"since there is no container ({found})");
    }

    [Fact]
    public async Task Auto_asks_no_engine_where_a_container_can_not_have_the_hosts_network()
    {
        WithDocker().WithImage("docker", "1.28.0").WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Auto, isLinux: false)).Reason.ShouldContain("only on Linux can a container have the host's network");
        _commands.Asked.ShouldNotContain(command => command.StartsWith("docker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_executable_that_is_too_old_is_passed_over()
    {
        WithExecutable("/opt/old/nginx", "1.18.0").WithExecutable(Nginx, "1.22.1");

        (await SelectAsync(NginxRuntime.Process)).ShouldBeOfType<ProcessChoice>().Executable.ShouldBe(Nginx);
    }

    [Fact]
    public async Task Auto_fails_with_both_remedies_and_what_was_found_when_neither_is_possible()
    {
        WithExecutable("/opt/old/nginx", "1.18.0");

        (await FailAsync(NginxRuntime.Auto)).ShouldBe(
            """
            Nginx 'gateway' can run neither as a container nor as a process. Start a container engine (docker or podman) and provide the image 'nginx:1.28' (setting Stack:Nginx:Image). Or: Install nginx 1.22 or newer (Debian: apt install nginx), or set its path (setting Stack:Nginx:Path).
            Container: docker: not found; podman: not found.
            Process: '/opt/old/nginx' is nginx 1.18.0, older than 1.22.0.
            """);
    }

    [Fact]
    public async Task A_forced_container_never_becomes_a_process()
    {
        WithExecutable(Nginx, "1.22.1");

        (await FailAsync(NginxRuntime.Container)).ShouldBe(
            """
            Nginx 'gateway' can't run as a container, as STACK_NGINX_RUNTIME asks for. Start a container engine (docker or podman) and provide the image 'nginx:1.28' (setting Stack:Nginx:Image). Or let it run as a process (STACK_NGINX_RUNTIME=process): Install nginx 1.22 or newer (Debian: apt install nginx), or set its path (setting Stack:Nginx:Path).
            Container: docker: not found; podman: not found.
            """);
    }

    [Fact]
    public async Task A_forced_container_is_taken()
    {
        WithDocker().WithImage("docker", "1.28.0");

        (await SelectAsync(NginxRuntime.Container)).Reason.ShouldBe("STACK_NGINX_RUNTIME asks for a container: docker 24.0.1, image 'nginx:1.28' with nginx 1.28.0");
    }

    [Fact]
    public async Task A_forced_process_never_becomes_a_container()
    {
        WithDocker().WithImage("docker", "1.28.0");

        (await FailAsync(NginxRuntime.Process)).ShouldBe(
            """
            Nginx 'gateway' can't run as a process, as STACK_NGINX_RUNTIME asks for. Install nginx 1.22 or newer (Debian: apt install nginx), or set its path (setting Stack:Nginx:Path). Or let it run as a container (STACK_NGINX_RUNTIME=container): Start a container engine (docker or podman) and provide the image 'nginx:1.28' (setting Stack:Nginx:Image).
            Process: no nginx on PATH and in the system's sbin folders.
            """);
        _commands.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_executable_of_the_setting_is_looked_at_when_there_is_one()
    {
        WithExecutable(Nginx, "1.22.1");

        (await FailAsync(NginxRuntime.Process, path: "/opt/mine/nginx")).ShouldEndWith("Process: '/opt/mine/nginx' does not tell a version: not found.");
    }

    [Fact]
    public async Task Only_the_engine_of_the_setting_is_asked_when_there_is_one()
    {
        WithDocker().WithImage("docker", "1.28.0");

        (await FailAsync(NginxRuntime.Container, engine: "podman")).ShouldEndWith("Container: podman: not found.");
        (await FailAsync(NginxRuntime.Container, engine: "other")).ShouldEndWith("Container: there is no engine 'other'.");
    }

    private Task<RuntimeChoice> SelectAsync(NginxRuntime runtime, string? path = null, string? engine = null, bool isLinux = true) =>
        new RuntimeSelector(new EngineProbe(_commands, NullLogger<EngineProbe>.Instance), _commands, () => _executables).SelectAsync(
            new RuntimeWish { Name = "gateway", Runtime = runtime, Source = "STACK_NGINX_RUNTIME", Path = path, Engine = engine, IsLinux = isLinux },
            TestContext.Current.CancellationToken);

    private async Task<string> FailAsync(NginxRuntime runtime, string? path = null, string? engine = null) =>
        (await Should.ThrowAsync<DistributedApplicationException>(() => SelectAsync(runtime, path, engine))).Message;

    private RuntimeSelectorTests WithDocker()
    {
        _commands.On("docker info", new CommandResult(0, Docker, ""));
        return this;
    }

    private RuntimeSelectorTests WithImage(string engine, string version)
    {
        _commands.On($"{engine} image inspect", Ok);
        return WithVersionInImage(engine, version);
    }

    private RuntimeSelectorTests WithVersionInImage(string engine, string version)
    {
        _commands.On($"{engine} run --rm --network none", new CommandResult(0, "", $"nginx version: nginx/{version}\n"));
        return this;
    }

    private RuntimeSelectorTests WithExecutable(string path, string version)
    {
        _executables.Add(path);
        _commands.On(path, new CommandResult(0, "", $"nginx version: nginx/{version}\n"));
        return this;
    }
}
