using System.Diagnostics;
using System.Runtime.Versioning;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>The launcher for Linux with glibc: what it can do beyond the contract.</summary>
[Trait("kind", "process")]
[SupportedOSPlatform("linux")]
public sealed class PosixSpawnLauncherTests() : LauncherContract("posix")
{
    [Theory]
    [MemberData(nameof(Ties))]
    public async Task No_descriptor_above_two_is_inherited(int? tie)
    {
        using var leaked = File.Open("/dev/null", FileMode.Open, FileAccess.Read, FileShare.Inheritable | FileShare.ReadWrite);

        await RunAsync(tie, "/bin/ls", "-l", "/proc/self/fd");

        // ls itself has opened one, the folder that it lists.
        var descriptors = File.ReadAllLines(LogFile).Where(l => l.Contains("->")).Select(l => l[(l.LastIndexOf(':') + 3)..].Trim()).Where(l => !l.Contains("/proc/")).ToList();
        descriptors.Select(d => d.Split(" -> ")[0].Split(' ')[^1]).ShouldBe(["0", "1", "2"]);
        descriptors[0].ShouldEndWith("/dev/null");
        descriptors[1].ShouldEndWith(LogFile);
        descriptors[2].ShouldEndWith(LogFile);
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task No_signal_is_blocked_or_ignored(int? tie)
    {
        await RunAsync(tie, "/bin/grep", "^Sig[BI]", "/proc/self/status");

        File.ReadAllLines(LogFile).ShouldBe(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"]);
    }

    [Theory]
    [MemberData(nameof(Ties))]
    public async Task Child_leads_a_session_and_a_group_of_its_own(int? tie)
    {
        var process = await LaunchAsync(tie, "/bin/sleep", "1000");

        var entry = ProcessTable.Find(process.Pid).ShouldNotBeNull();

        entry.Session.ShouldBe(process.Pid);
        entry.Group.ShouldBe(process.Pid);
        entry.Parent.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Rest_of_the_group_ends_with_its_leader()
    {
        var process = await LaunchAsync(null, "/bin/sh", "-c", "sleep 1000 & echo $!; exit 3");

        var exit = await process.Exited.Within(TimeSpan.FromSeconds(5));

        exit.ShouldBe(new ExitFacts(ExitKind.Code, 3));
        IsLive(int.Parse(File.ReadAllText(LogFile))).ShouldBeFalse();
    }

    [Fact]
    public async Task Signal_reaches_the_whole_group()
    {
        var process = await LaunchAsync(null, "/bin/sh", "-c", "sleep 1000 & echo $!; wait; exit 0");
        await Wait.Until(() => File.ReadAllText(LogFile).EndsWith('\n'));

        process.Signal(15).ShouldBeTrue();

        (await process.Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Signal, 15));
        IsLive(int.Parse(File.ReadAllText(LogFile))).ShouldBeFalse();
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(null, false)]
    public async Task Descendant_with_a_session_of_its_own_is_ended_in_development_and_reported_else(int? tie, bool ends)
    {
        const int stray = 2152;
        var environment = new Dictionary<string, string>(ActorProgram.Environment, StringComparer.Ordinal)
        {
            ["STACK_STATE"] = Folder.Path, ["STACK_INSTANCE"] = "site-8001", ["STACK_GENERATION"] = "1",
        };
        var process = await LaunchAsync(Request(tie, ActorProgram.Path, "fork-away") with { Environment = environment });
        await Wait.Until(() => File.ReadAllText(LogFile).Contains("away ", StringComparison.Ordinal), () => File.ReadAllText(LogFile));
        var away = int.Parse(File.ReadAllLines(LogFile).Single(l => l.StartsWith("away ", StringComparison.Ordinal))["away ".Length..]);
        ProcessTable.Find(away)!.Value.Session.ShouldBe(away);

        process.Signal(9);
        await process.Exited.Within();

        IsLive(away).ShouldBe(!ends);
        Logger.Entries.Count(e => e.Id == stray && e.Message.Contains($"{away}")).ShouldBe(ends ? 0 : 1);
        if (!ends)
        {
            using var left = Process.GetProcessById(away);
            left.Kill();
        }
    }

    [Fact]
    public async Task Children_are_started_by_one_thread_that_does_not_end()
    {
        // The kernel's signal at the parent's death follows the thread: a child tied to a pool thread would be killed when that retires.
        var threads = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await RunAsync(9, "/bin/sh", "-c", "exit 0");
            threads.UnionWith(Directory.GetDirectories("/proc/self/task").Where(t => File.ReadAllText($"{t}/comm").Trim() == "stack-spawner"));
        }

        threads.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nobody")]
    public async Task Child_whose_spawner_is_gone_does_not_start(string? user)
    {
        const int noThread = 1;
        using var place = new TempFolder();
        File.SetUnixFileMode(place.Path, (UnixFileMode)0b111_101_101);
        var request = Request(9, "/bin/touch", place.File("started")) with { WorkingDirectory = place.Path, Settings = new ProcessSettings { User = user } };
        var chain = LaunchChain.Build(LaunchChecks.Check(request), (9, Environment.ProcessId, noThread));

        using var process = Process.Start(new ProcessStartInfo(chain[0], chain.Skip(1)) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(125, error);
        File.Exists(place.File("started")).ShouldBeFalse();
    }

    [Fact]
    public void Only_the_links_that_are_needed_are_in_the_chain()
    {
        Chain(new ProcessSettings(), null).ShouldBe(["/bin/true"]);
        Chain(new ProcessSettings { NoNewPrivileges = true }, null).ShouldBe(["/usr/bin/setpriv", "--no-new-privs", "--", "/bin/true"]);
        Chain(new ProcessSettings { Umask = 0b010_010 }, 15).ShouldBe(
            ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--", "/usr/bin/env", "-C", $"/proc/1/task/2/root{Folder.Path}", "/bin/true"]);
        Chain(new ProcessSettings { OutOfMemoryScore = 500, Limits = new Dictionary<string, Stack.Hosting.ApplicationModel.ProcessLimit> { ["core"] = 0, ["nofile"] = new(100, -1) } }, null).ShouldBe(
            ["/usr/bin/choom", "-n", "500", "--", "/usr/bin/prlimit", "--core=0", "--nofile=100:unlimited", "--", "/bin/true"]);
    }

    [Fact]
    public async Task Program_with_an_equals_sign_in_its_path_is_refused_where_the_chain_would_take_it_for_a_variable()
    {
        var path = Folder.File("a=b");
        File.WriteAllText(path, "#!/bin/sh\necho started\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        (await LaunchAndWaitAsync(Request(null, path))).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        (await FailAsync(Request(9, path))).Message.ShouldBe($"The path '{path}' has a '=' in it, which the programs that apply its settings take for a variable. Rename it.");
    }

    private List<string> Chain(ProcessSettings settings, int? tie)
        => [.. LaunchChain.Build(new CheckedLaunch(Request(tie, "/bin/true") with { Settings = settings }, "/bin/true", null), tie is { } signal ? (signal, 1, 2) : null)];
}
