using System.Diagnostics;
using System.Text.Json;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;

namespace Hosting.Tests.Control;

public sealed class PeerCheckTests
{
    [Fact]
    public void Own_user_and_root_are_let_in_and_nobody_else()
    {
        var me = Native.GetEffectiveUserId();

        PeerCheck.Allows(new Peer(1, me)).ShouldBeTrue();
        PeerCheck.Allows(new Peer(1, 0)).ShouldBeTrue();
        PeerCheck.Allows(new Peer(1, me + 1)).ShouldBeFalse();
        PeerCheck.Allows(Peer.Unknown).ShouldBeFalse();
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

        using var curl = Process.Start(new ProcessStartInfo(
            "setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "curl", "-sS", "--unix-socket", harness.Server.SocketPath, "-X", "POST", "http://localhost/v1/site/stop"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var body = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();

        curl.ExitCode.ShouldBe(0);
        var problem = JsonSerializer.Deserialize(body, ControlJson.Default.ControlProblem)!;
        problem.Status.ShouldBe(403);
        problem.Detail.ShouldBe("This stack belongs to another user; the user with id 65534 may not command it.");
        harness.Stack.Commands.ShouldBeEmpty();
    }
}
