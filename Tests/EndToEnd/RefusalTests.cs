using System.Net;
using System.Net.Sockets;

namespace EndToEnd;

/// <summary>A stack that can't run says why in one message, ends with exit code 1, and leaves nothing running.</summary>
[Collection("product ports")]
[Trait("kind", "e2e")]
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly StackPlace _place = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    [Theory]
    [InlineData("up", "--no-build", "--detach")]
    [InlineData("up", "--no-build")]
    public async Task A_taken_port_is_named_with_its_replica_and_its_holder(params string[] command)
    {
        using var holder = new TcpListener(IPAddress.Loopback, 8002);
        holder.Start();

        var up = await _place.StackAsync(command);

        up.ExitCode.ShouldBe(1, up.All);
        up.All.ShouldContain($"Port 8002 for replica 'site-8002' of resource 'site' is already in use by process {Environment.ProcessId} (");
        up.All.ShouldNotContain("   at ", customMessage: "a stack trace is no message");
        holder.Stop();
        await Machine.ShouldBeCleanAsync(_place.State);
    }

    [Fact]
    public async Task A_broken_nginx_conf_shows_what_nginx_says_of_it()
    {
        var folder = Directory.CreateTempSubdirectory("stack-nginx-").FullName;
        try
        {
            CopyFolder(Path.Combine(Repository.Root, "nginx"), folder);
            await File.AppendAllTextAsync(Path.Combine(folder, "nginx.conf"), "\nthis_is_no_directive on;\n", TestContext.Current.CancellationToken);
            _place.Environment["Stack__Nginx__Folder"] = folder;

            var up = await _place.StackAsync("up", "--detach", "--no-build");

            up.ExitCode.ShouldBe(1, up.All);
            up.All.ShouldContain("unknown directive \"this_is_no_directive\"");
            up.All.ShouldContain("nginx.conf");
            await Machine.ShouldBeCleanAsync(_place.State);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task No_nginx_at_all_names_both_remedies()
    {
        _place.Environment["Stack__Nginx__Path"] = "/nonexistent/nginx";
        _place.Environment["DOCKER_HOST"] = "unix:///nonexistent/docker.sock";
        _place.Environment["CONTAINER_HOST"] = "unix:///nonexistent/podman.sock";

        var up = await _place.StackAsync("up", "--detach", "--no-build");

        up.ExitCode.ShouldBe(1, up.All);
        up.All.ShouldContain("install", Case.Insensitive);
        up.All.ShouldContain("engine", Case.Insensitive);
        await Machine.ShouldBeCleanAsync(_place.State);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
