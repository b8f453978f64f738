using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;

namespace Hosting.Tests.Control;

public sealed class PeerCheckTests
{
    private const uint Stranger = 65534;
    private const uint Group = 4242;

    [Fact]
    public void Own_user_and_root_are_let_in_and_nobody_else()
    {
        var me = Native.GetEffectiveUserId();
        var access = SocketAccess.OwnerOnly;

        access.Allows(new Peer(1, me)).ShouldBeTrue();
        access.Allows(new Peer(1, 0)).ShouldBeTrue();
        access.Allows(new Peer(1, me + 1, 0, Group)).ShouldBeFalse();
        access.Allows(Peer.Unknown).ShouldBeFalse();
    }

    [Fact]
    public void Members_of_the_group_are_let_in_too()
    {
        var stranger = Native.GetEffectiveUserId() + 1;
        var access = new SocketAccess(Group);

        access.Allows(new Peer(1, stranger, 7, Group)).ShouldBeTrue();
        access.Allows(new Peer(1, stranger, 7)).ShouldBeFalse();
        access.Allows(Peer.Unknown).ShouldBeFalse();
    }

    [Fact]
    public void Groups_are_found_by_name()
    {
        Native.FindGroup("root").ShouldBe(0u);
        Native.FindGroup("daemon").ShouldBe(1u);
        Native.FindGroup("no-such-group").ShouldBeNull();
        SocketAccess.OfGroup().Group.ShouldNotBeNull();
    }

    [Fact]
    public async Task Kernel_says_which_process_user_and_groups_are_at_the_other_end()
    {
        var folder = Directory.CreateTempSubdirectory("peer-").FullName;
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "s")));
            listener.Listen();
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(listener.LocalEndPoint!);
            using var accepted = await listener.AcceptAsync();

            var peer = PeerCheck.Read(accepted);

            peer.Pid.ShouldBe(Environment.ProcessId);
            peer.Uid.ShouldBe(Native.GetEffectiveUserId());
            peer.Groups.ShouldBe([Native.GetEffectiveGroupId(), .. Native.Groups()]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Other_user_is_refused_even_where_the_modes_would_let_them_in()
    {
        Assert.SkipUnless(Native.GetEffectiveUserId() == 0, "Becoming another user takes root.");
        await using var harness = await ControlHarness.StartAsync();
        const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
        foreach (var path in (string[])[harness.Folder, Path.GetDirectoryName(harness.Server.SocketPath)!, harness.Server.SocketPath])
        {
            File.SetUnixFileMode(path, Everybody);
        }

        var (exitCode, body) = await StopAsAsync(harness, "--clear-groups");

        exitCode.ShouldBe(0);
        var problem = JsonSerializer.Deserialize(body, ControlJson.Default.ControlProblem)!;
        problem.Status.ShouldBe(403);
        problem.Detail.ShouldBe("This stack belongs to another user; the user with id 65534 may not command it.");
        harness.Stack.Commands.ShouldBeEmpty();
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Member_of_the_group_may_command_and_others_do_not_even_get_a_connection()
    {
        Assert.SkipUnless(Native.GetEffectiveUserId() == 0, "Becoming another user takes root.");
        await using var harness = await ControlHarness.StartAsync(TimeProvider.System, new SocketAccess(Group), NullLoggerFactory.Instance);
        File.SetUnixFileMode(harness.Folder, (UnixFileMode)0b111_101_101);

        var stranger = await StopAsAsync(harness, "--clear-groups");
        var member = await StopAsAsync(harness, $"--groups={Group}");

        stranger.ExitCode.ShouldBe(7, "curl's code for no connection");
        member.ShouldBe((0, "{\"message\":null}"));
        harness.Stack.Commands.ShouldBe(["stop site"]);
    }

    private static async Task<(int ExitCode, string Body)> StopAsAsync(ControlHarness harness, string groups)
    {
        using var curl = Process.Start(new ProcessStartInfo(
            "setpriv",
            [$"--reuid={Stranger}", $"--regid={Stranger}", groups, "curl", "-sS", "--unix-socket", harness.Server.SocketPath, "-X", "POST", "http://localhost/v1/site/stop"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var body = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return (curl.ExitCode, body);
    }
}
