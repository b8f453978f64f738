using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Containers;

namespace Hosting.Tests.Orchestration.Containers;

/// <summary>The engine's command lines, without an engine.</summary>
public sealed class ContainerArgumentsTests
{
    [Fact]
    public void A_plain_container_is_made_of_its_image()
        => ContainerArguments.Create(new ContainerSpec { Name = "cache-abc", Image = "redis:7" }).ShouldBe(["create", "--name", "cache-abc", "--pull", "never", "redis:7"]);

    [Fact]
    public void Everything_has_its_place()
    {
        var spec = new ContainerSpec
        {
            Name = "cache",
            Image = "redis:7",
            Entrypoint = "/bin/sh",
            Arguments = ["-c", "date"],
            Environment = [new("KEY", "secret"), new("LINES", "a\nb")],
            RuntimeArguments = ["--memory", "64m"],
            Ports = [new("tcp", "127.0.0.1", 10001, 6379, "tcp"), new("dns", "::1", 10002, 53, "udp")],
            Mounts =
            [
                new ContainerMountAnnotation("data", "/data", ContainerMountType.Volume, isReadOnly: false),
                new ContainerMountAnnotation(null, "/scratch", ContainerMountType.Volume, isReadOnly: false),
                new ContainerMountAnnotation("/a,b", "/etc/a", ContainerMountType.BindMount, isReadOnly: true),
            ],
            Network = "aspire-session-network-x",
            Aliases = ["cache", "cache.dev.internal"],
            HostAlias = "host.docker.internal",
            Labels = [new("stack.apphost", "abc")],
        };

        ContainerArguments.Create(spec).ShouldBe(
        [
            "create", "--name", "cache", "--label", "stack.apphost=abc", "--pull", "never",
            "--network", "aspire-session-network-x", "--network-alias", "cache", "--network-alias", "cache.dev.internal", "--add-host", "host.docker.internal:host-gateway",
            "--publish", "127.0.0.1:10001:6379", "--publish", "[::1]:10002:53/udp",
            "--mount", "type=volume,source=data,target=/data", "--mount", "type=volume,target=/scratch", "--mount", "type=bind,\"source=/a,b\",target=/etc/a,readonly",
            "--entrypoint", "/bin/sh", "--env-file", "/dev/stdin", "--env", "LINES", "--memory", "64m", "redis:7", "-c", "date",
        ]);
        ContainerArguments.VariableLines(spec).ShouldBe("KEY=secret\n");
        ContainerArguments.VariablesWithLines(spec).ShouldBe(new Dictionary<string, string> { ["LINES"] = "a\nb" });
    }

    [Theory]
    [InlineData("--network host", true, true)]
    [InlineData("--net=host", true, true)]
    [InlineData("--network=none", true, false)]
    [InlineData("--memory host", false, false)]
    public void The_users_network_goes_before_ours(string arguments, bool chosen, bool host)
    {
        ContainerArguments.ChooseNetwork(arguments.Split(' ')).ShouldBe(chosen);
        ContainerArguments.ChooseHostNetwork(arguments.Split(' ')).ShouldBe(host);
    }

    [Fact]
    public void A_build_has_its_stage_and_arguments_and_no_secret_on_its_command_line()
    {
        var build = new DockerfileBuildAnnotation("/src", "/src/Dockerfile", "final");
        build.BuildSecrets["token"] = "hidden";

        ContainerImages.Arguments(build, "worker:1", [new("A", "1"), new("B", null)], pull: true).ShouldBe(
            ["build", "--file", "/src/Dockerfile", "--tag", "worker:1", "--target", "final", "--pull", "--build-arg", "A=1", "--build-arg", "B", "--secret", "id=token,env=token", "/src"]);
    }

    [Fact]
    public void Ports_of_a_persistent_container_are_read_as_they_were_written()
        => ContainerPorts.Parse(ContainerPorts.Text([new("http", "127.0.0.1", 10001, 80, "tcp"), new("admin", "127.0.0.1", 10002, 81, "tcp")]))
            .ShouldBe(new Dictionary<string, int> { ["http"] = 10001, ["admin"] = 10002 });
}
