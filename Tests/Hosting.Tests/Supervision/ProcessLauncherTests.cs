using System.Runtime.Versioning;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Portable;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>The portable launcher: what it does in a way of its own.</summary>
[Trait("kind", "process")]
[SupportedOSPlatform("linux")]
public sealed class ProcessLauncherTests() : LauncherContract("process")
{
    protected override string[] TieVariables => ["STACK_LIFELINE=stdin"];

    [Fact]
    public void Weaknesses_are_told_once()
    {
        const int weaker = 2163;

        Logger.Entries.Count(e => e.Id == weaker).ShouldBe(1);
    }

    [Theory]
    [InlineData(9, "pipe:")]
    [InlineData(null, "/dev/null")]
    public async Task Standard_input_is_the_lifeline_in_development_and_nothing_else(int? tie, string input)
    {
        var process = await LaunchAsync(tie, "/bin/sleep", "1000");
        await Wait.Until(() => ProcessTable.Command(process.Pid) == "/bin/sleep 1000", () => ProcessTable.Command(process.Pid) ?? "gone");

        File.ResolveLinkTarget($"/proc/{process.Pid}/fd/0", returnFinalTarget: false)!.FullName.ShouldContain(input);
        File.ResolveLinkTarget($"/proc/{process.Pid}/fd/1", returnFinalTarget: false)!.FullName.ShouldBe(LogFile);
    }

    [Fact]
    public async Task End_is_seen_at_once_though_a_descendant_holds_the_output()
    {
        var process = await LaunchAsync(Request(null, "/bin/sh", "-c", "sleep 20 & echo $!; exit 3"));

        (await process.Exited.Within(TimeSpan.FromSeconds(15))).ShouldBe(new ExitFacts(ExitKind.Code, 3));

        _ = Stack.Hosting.Supervision.Posix.Libc.Kill(int.Parse(File.ReadAllText(LogFile)), SignalNames.Kill);
    }

    [Fact]
    public async Task Kill_reaches_descendants_too()
    {
        var process = await LaunchAsync(null, "/bin/sh", "-c", "sleep 1000 & echo $!; wait");
        await Wait.Until(() => File.ReadAllText(LogFile).EndsWith('\n'));

        process.Signal(9).ShouldBeTrue();
        await process.Exited.Within();

        var descendant = int.Parse(File.ReadAllText(LogFile));
        await Wait.Until(() => !IsLive(descendant));
    }

    [Fact]
    public async Task Listener_is_looked_for_among_the_descendants()
    {
        var port = FreePort.Next();
        var process = await LaunchAsync(Request(null, "/bin/sh", "-c", $"\"$0\" serve {port} & wait", ActorProgram.Path) with { Environment = ActorProgram.Environment });

        await Wait.Until(() => process.OwnsListener(port), () => File.ReadAllText(LogFile));
        using var stranger = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        stranger.Start();

        process.OwnsListener(((System.Net.IPEndPoint)stranger.LocalEndpoint).Port).ShouldBeFalse();
        process.Signal(9);
        await process.Exited.Within();
    }

    [Fact]
    public async Task Without_a_shell_the_output_is_copied()
    {
        var launcher = new ProcessLauncher(Logger) { CopiesOutput = true };

        var process = await launcher.LaunchAsync(Request(null, "/bin/sh", "-c", "cat; echo out; echo err >&2; exit 7"), CancellationToken.None);

        (await process.Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Code, 7));
        File.ReadAllLines(LogFile).ShouldBe(["out", "err"], ignoreOrder: true);
    }

    [Fact]
    public async Task Without_a_shell_a_descendant_that_holds_the_output_delays_the_news_by_two_seconds_at_most()
    {
        const int held = 2161;
        var launcher = new ProcessLauncher(Logger) { CopiesOutput = true };

        var process = await launcher.LaunchAsync(Request(null, "/bin/sh", "-c", "sleep 1000 & echo $!; exit 3"), CancellationToken.None);

        (await process.Exited.Within(TimeSpan.FromSeconds(15))).ShouldBe(new ExitFacts(ExitKind.Code, 3));
        Logger.Entries.ShouldContain(e => e.Id == held);
        _ = Stack.Hosting.Supervision.Posix.Libc.Kill(int.Parse(File.ReadAllText(LogFile)), SignalNames.Kill);
    }
}
