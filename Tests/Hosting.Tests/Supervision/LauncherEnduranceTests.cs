using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>What shows only after many launches, or after a long time. Alone: it counts what this process has open.</summary>
[Collection(nameof(LauncherEnduranceTests))]
[CollectionDefinition(nameof(LauncherEnduranceTests), DisableParallelization = true)]
[Trait("kind", "slow")]
public sealed class LauncherEnduranceTests : IDisposable
{
    private const int Many = 1000;

    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();

    private string LogFile => _folder.File("child.log");

    public void Dispose()
    {
        _folder.Dispose();
        _logger.Dispose();
    }

    [Theory]
    [InlineData("posix")]
    [InlineData("process")]
    public async Task A_thousand_exits_leave_no_zombie_and_no_descriptor(string choice)
    {
        var launcher = Launchers.Create(_logger, choice);
        await Exit(launcher);

        for (var round = 0; round < Many / 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Exit(launcher)));
        }

        await Wait.Until(() => Zombies() == 0, () => $"{Zombies()} zombies");
        await Wait.Until(() => OwnDescriptors() == 0, () => $"{OwnDescriptors()} descriptors");
    }

    [Fact]
    public async Task A_thousand_restarts_leave_no_zombie_and_no_descriptor()
    {
        var spec = new InstanceSpec
        {
            Name = "site-8001",
            Index = 0,
            Restart = new RestartSettings { Mode = RestartMode.Always },
            StartSecs = TimeSpan.Zero,
            CreateLaunch = (_, _) => Task.FromResult(Request("/bin/sleep", "1000")),
        };
        await using var replica = new InstanceSupervisor(spec, Launchers.Create(_logger), new ScriptedGate(), new HttpProber(), TimeProvider.System, _logger, _ => { });
        await replica.StartAsync(CancellationToken.None).Within();

        for (var round = 0; round < Many; round++)
        {
            await replica.RestartAsync(CancellationToken.None).Within();
        }

        replica.Current.Generation.ShouldBe(Many + 1);
        await Wait.Until(() => Zombies() == 0, () => $"{Zombies()} zombies");
        OwnDescriptors().ShouldBe(1); // the one that lives
    }

    [Fact]
    public async Task Children_that_are_tied_to_us_outlive_a_minute_without_work()
    {
        var launcher = Launchers.Create(_logger);
        var children = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => launcher.LaunchAsync(Request("/bin/sleep", "1000") with { ParentDeathSignal = 9 }, CancellationToken.None))));

        await Task.Delay(TimeSpan.FromSeconds(65), TimeProvider.System, TestContext.Current.CancellationToken);

        children.ShouldAllBe(c => !c.Exited.IsCompleted && ProcessTable.Find(c.Pid)!.Value.IsLive);
        foreach (var child in children)
        {
            child.Signal(SignalNames.Kill).ShouldBeTrue();
            await child.Exited.Within();
        }
    }

    private async Task Exit(IProcessLauncher launcher)
    {
        var process = await launcher.LaunchAsync(Request("/bin/true"), CancellationToken.None);
        (await process.Exited.Within()).ShouldBe(new ExitFacts(ExitKind.Code, 0));
    }

    private LaunchRequest Request(string program, params string[] arguments) => new()
    {
        FileName = program, Arguments = arguments, WorkingDirectory = _folder.Path, Environment = new Dictionary<string, string>(), LogFile = LogFile,
    };

    private static int Zombies() => ProcessTable.All().Count(p => p.State == 'Z' && p.Parent == Environment.ProcessId);

    private int OwnDescriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(f => f.LinkTarget == "anon_inode:[pidfd]" || f.LinkTarget == LogFile);
}
