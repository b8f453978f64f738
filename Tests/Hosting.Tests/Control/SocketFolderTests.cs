using System.Diagnostics;
using Aspire.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Control;

namespace Hosting.Tests.Control;

public sealed class SocketFolderTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("ctl-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Folder_and_socket_are_for_their_owner_only_and_the_socket_goes_with_the_server()
    {
        var run = Path.Combine(_folder, "stack", "app-12345678");

        var server = await ControlServer.StartAsync(run, SocketAccess.OwnerOnly, new FakeStack(_folder), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        server.SocketPath.ShouldBe(Path.Combine(run, "control.sock"));
        File.GetUnixFileMode(run).ShouldBe(Owner);
        File.GetUnixFileMode(Path.GetDirectoryName(run)!).ShouldBe(Owner);
        File.GetUnixFileMode(server.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await server.DisposeAsync();
        File.Exists(server.SocketPath).ShouldBeFalse();
    }

    [Fact]
    public async Task Socket_that_a_killed_AppHost_left_is_replaced()
    {
        var run = Path.Combine(_folder, "run");
        Directory.CreateDirectory(run, Owner);
        using (var left = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            left.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_folder, "elsewhere")));
            File.Move(Path.Combine(_folder, "elsewhere"), Path.Combine(run, "control.sock"));
        }

        File.Exists(Path.Combine(run, "control.sock")).ShouldBeTrue();

        await using var server = await ControlServer.StartAsync(run, SocketAccess.OwnerOnly, new FakeStack(_folder), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        using var client = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await client.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(server.SocketPath));
    }

    [Fact]
    public async Task Socket_that_another_AppHost_serves_is_left_to_it()
    {
        var run = Path.Combine(_folder, "run");
        await using var first = await ControlServer.StartAsync(run, SocketAccess.OwnerOnly, new FakeStack(_folder), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        var error = Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(run, SocketAccess.OwnerOnly));

        error.Message.ShouldBe(
            $"The control socket '{first.SocketPath}' is in use by another AppHost, process {Environment.ProcessId}. Stop that one, or give this app another name with Stack:AppName.");
        File.Exists(first.SocketPath).ShouldBeTrue();
    }

    [Fact]
    public async Task Folder_and_socket_of_production_are_for_a_group_too_and_not_for_others()
    {
        var run = Path.Combine(_folder, "stack", "app");
        var group = Native.GetEffectiveUserId() == 0 ? 4242 : Native.GetEffectiveGroupId();

        await using var server = await ControlServer.StartAsync(
            run, new SocketAccess(group), new FakeStack(_folder), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

        File.GetUnixFileMode(run).ShouldBe(Owner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        File.GetUnixFileMode(server.SocketPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(run)!).HasFlag(UnixFileMode.GroupExecute).ShouldBeTrue("the group has to get through to the folder");
        (Native.Stat(run)!.Value.Gid, Native.Stat(server.SocketPath)!.Value.Gid).ShouldBe((group, group));
    }

    [Fact]
    public void Path_that_is_too_long_for_a_socket_is_refused_with_a_remedy()
    {
        var run = Path.Combine(_folder, new string('x', 90));
        var socket = Path.Combine(run, "control.sock");

        var error = Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(run, SocketAccess.OwnerOnly));

        error.Message.ShouldBe(
            $"The control socket '{socket}' has a path of {socket.Length} bytes; a unix socket may have 107. " +
            "Set XDG_RUNTIME_DIR (or TMPDIR) to a shorter path, or give the app a shorter name.");
        Directory.Exists(run).ShouldBeFalse();
    }

    [Fact]
    public void Folder_that_others_can_write_is_refused()
    {
        var run = Path.Combine(_folder, "run");
        Directory.CreateDirectory(run);
        File.SetUnixFileMode(run, Owner | UnixFileMode.OtherWrite);

        Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(run, SocketAccess.OwnerOnly)).Message.ShouldBe(Refusal(run, "can be written by other users"));
    }

    [Fact]
    public void Folder_in_one_that_others_can_write_is_refused_unless_that_is_sticky()
    {
        var shared = Path.Combine(_folder, "shared");
        Directory.CreateDirectory(shared);
        const UnixFileMode Everybody = Owner | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.OtherRead;
        File.SetUnixFileMode(shared, Everybody);

        Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(Path.Combine(shared, "run"), SocketAccess.OwnerOnly))
            .Message.ShouldBe(Refusal(shared, "can be written by other users"));

        File.SetUnixFileMode(shared, Everybody | UnixFileMode.StickyBit);
        SocketFolder.Prepare(Path.Combine(shared, "run"), SocketAccess.OwnerOnly).ShouldBe(Path.Combine(shared, "run", "control.sock"));
    }

    [Fact]
    public void Link_in_place_of_the_folder_is_not_followed()
    {
        var elsewhere = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(elsewhere, Owner);
        var run = Path.Combine(_folder, "run");
        Directory.CreateSymbolicLink(run, elsewhere);

        Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(run, SocketAccess.OwnerOnly))
            .Message.ShouldBe(Refusal(run, "is not a folder (a symbolic link is not followed)"));
    }

    [Fact]
    public void Folder_of_ours_that_others_can_read_is_closed_to_them()
    {
        var run = Path.Combine(_folder, "run");
        Directory.CreateDirectory(run);
        File.SetUnixFileMode(run, Owner | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        SocketFolder.Prepare(run, SocketAccess.OwnerOnly);

        File.GetUnixFileMode(run).ShouldBe(Owner);
    }

    [Fact]
    [Trait("kind", "process")]
    public void Folder_of_another_user_is_refused()
    {
        var me = Native.GetEffectiveUserId();

        // Root can give a folder away; everybody else finds folders of root's.
        var run = me == 0 ? Path.Combine(_folder, "run") : "/usr/share";
        var owner = me == 0 ? 65534 : 0;
        if (me == 0)
        {
            Directory.CreateDirectory(run, Owner);
            using var chown = Process.Start("chown", ["65534", run]);
            chown.WaitForExit();
            chown.ExitCode.ShouldBe(0);
        }

        Should.Throw<DistributedApplicationException>(() => SocketFolder.Prepare(run, SocketAccess.OwnerOnly))
            .Message.ShouldBe(Refusal(run, $"belongs to the user with id {owner}, not to {me}"));
    }

    private static string Refusal(string folder, string why) =>
        $"The folder '{folder}' for the control socket {why}, so whoever that is could command this stack. Remove it, or set XDG_RUNTIME_DIR to a folder of your own.";
}
