using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>Nginx in a container.</summary>
public sealed class ContainerGatewayTests(DockerEngine docker) : GatewayTests(NginxRuntime.Container)
{
    [Fact]
    public async Task The_version_is_that_inside_the_image_and_not_that_of_its_tag()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        var choice = nginx.Launch.Choice.ShouldBeOfType<ContainerChoice>();
        choice.Version.ShouldBe(await Installed.VersionAsync());
        choice.Image.ShouldBe(DockerEngine.Image);
    }

    [Fact]
    public async Task A_container_that_was_left_behind_is_removed_at_the_next_start()
    {
        await docker.UseAsync();
        using TempFolder temp = new();
        await DockerEngine.DockerAsync(
            "create", "--name", "left-behind", "--label", ContainerRun.Label(temp.Path), "--entrypoint", "nginx", DockerEngine.Image, "-v");

        await new Leftovers(new CommandRunner(TimeProvider.System)).RemoveAsync("docker", temp.Path, TestContext.Current.CancellationToken);

        (await DockerEngine.DockerAsync("ps", "--all", "--quiet", "--filter", $"label={ContainerRun.Label(temp.Path)}")).ShouldBeEmpty();
    }

    private protected override async Task<RunningNginx> StartAsync(Sites sites, Action<string>? edit = null)
    {
        await docker.UseAsync();
        return await base.StartAsync(sites, edit);
    }

    private protected override async Task NothingIsLeftAsync(RunningNginx nginx)
    {
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(nginx.Launch.Version))!;
        var start = TimeProvider.System.GetTimestamp();
        while ((await DockerEngine.DockerAsync("ps", "--all", "--quiet", "--filter", $"label={ContainerRun.Label(folder)}")).Length > 0
            || Directory.EnumerateFiles(folder, "guard-*").Any())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), "a container is left");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
