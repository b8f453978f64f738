using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>What the launching process itself was started with, or has run out of: each test has one of its own.</summary>
[Trait("kind", "process")]
public sealed class LaunchingProcessTests : IDisposable
{
    private const string Shown = "/bin/grep";
    private static readonly string[] ShowsSignals = ["^SigIgn", "/proc/self/status"];

    private readonly TempFolder _folder = new();
    private readonly IProcessLauncher _launcher = Launchers.Create(new RecordingLogger());

    public static TheoryData<string> Kinds => ["posix", "process"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Exits_are_seen_though_we_were_started_with_the_childs_signal_ignored(string launcher)
    {
        var output = await RunAsync("trap '' CHLD; exec \"$0\" \"$@\"", ["once", launcher, Log, "-", "/bin/sh", "-c", "exit 3"]);

        output.ShouldBe(["exit code 3", "foreign 4"]);
    }

    [Fact]
    public async Task Children_get_default_signals_though_we_run_under_nohup_with_interrupts_ignored()
    {
        var output = await RunAsync("trap '' INT HUP QUIT TERM; exec nohup \"$0\" \"$@\"", ["once", "posix", Log, "-", Shown, .. ShowsSignals]);

        output.ShouldBe(["exit code 0", "foreign 4"]);
        File.ReadAllText(Log).ShouldBe("SigIgn:\t0000000000000000\n");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lack_of_descriptors_is_transient(string launcher)
    {
        var output = await RunAsync("ulimit -n 256; exec \"$0\" \"$@\"", ["full", launcher, Log, "-", "/bin/true"]);

        output.Length.ShouldBe(3, string.Join(Environment.NewLine, output));
        output[0].ShouldBe("exit code 0");
        output[1].ShouldStartWith("transient 24: ");
        output[2].ShouldBe("exit code 0");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lack_of_processes_is_transient(string launcher)
    {
        // Root has no such limit.
        var user = Environment.UserName == "root" ? "nobody" : null;
        var place = Directory.CreateDirectory(_folder.File("place"));
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(place.FullName, (UnixFileMode)0b111_111_111);

        var output = await RunAsync("exec \"$0\" \"$@\"", ["crowded", launcher, Path.Combine(place.FullName, "child.log"), "-", "/bin/true"], user);

        output.Length.ShouldBe(3, string.Join(Environment.NewLine, output));
        output[0].ShouldBe("exit code 0");
        output[1].ShouldStartWith("transient 11: ");
        output[2].ShouldBe("exit code 0");
    }

    [Fact]
    public async Task Unknown_children_are_reaped_where_we_stand_in_for_init_and_known_ones_keep_their_codes()
    {
        var output = await RunAsync("exec \"$0\" \"$@\"", ["subreaper", "posix", Log, "-", "/bin/sh", "-c", "exit 3"]);

        output.Where(line => !line.StartsWith("orphan ", StringComparison.Ordinal)).ShouldBe(["foreign 4", "reaped", "exit code 3"]);
    }

    [Theory]
    [InlineData("exit 3", false)]
    [InlineData("sleep 0.1; exit 3", true)]
    public async Task As_process_1_every_end_is_seen_though_the_runtime_waits_for_all_children_itself(string script, bool livesForAMoment)
    {
        const string enter = "exec unshare --user --map-root-user --pid --fork --kill-child --mount-proc \"$0\" \"$@\"";

        var output = await RunAsync(enter, ["many", "posix", Log, "-", "/bin/sh", "-c", script]);

        // Older kernels keep nothing for who asks second, and no kernel for who has no descriptor yet.
        var keepsExits = livesForAMoment && Environment.OSVersion.Version >= new Version(6, 15);
        output.Length.ShouldBe(101, string.Join(Environment.NewLine, output));
        output.ShouldContain("foreign 4");
        output.Count(line => line == "exit code 3" || (!keepsExits && line == "an unknown exit code")).ShouldBe(100, string.Join(Environment.NewLine, output.Distinct()));
    }

    private string Log => _folder.File("child.log");

    private async Task<string[]> RunAsync(string script, string[] arguments, string? user = null)
    {
        var log = _folder.File("launching.log");
        var process = await _launcher.LaunchAsync(
            new LaunchRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", script, ActorProgram.Path, "launch", .. arguments],
                WorkingDirectory = _folder.Path,
                Environment = new Dictionary<string, string>(ActorProgram.Environment, StringComparer.Ordinal) { ["HOME"] = _folder.Path },
                LogFile = log,
                ParentDeathSignal = SignalNames.Kill,
                Settings = new ProcessSettings { User = user },
            },
            CancellationToken.None);
        await process.Exited.Within(seen: () => File.ReadAllText(log));
        return File.ReadAllLines(log);
    }
}
