using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>A real site that hangs: found out, looked into, ended, and started again.</summary>
[Trait("kind", "process")]
public sealed class HangDumpTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly SnapshotLog _log = new();
    private readonly int _port = FreePort.Next();
    private InstanceSupervisor? _replica;

    private string Dumps => _folder.File("dumps");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_replica is not null)
        {
            _replica.Kill();
            await _replica.DisposeAsync().AsTask().Within();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_site_that_hangs_leaves_a_dump_and_is_started_again()
    {
        var replica = Supervise(new HangDumps(Dumps, TimeProvider.System));
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        using var client = new HttpClient();

        var hanging = client.GetAsync(new Uri($"http://127.0.0.1:{_port}/hang"), TestContext.Current.CancellationToken);

        var stopping = await _log.Until(s => s.State == InstanceState.Stopping, timeout: TimeSpan.FromSeconds(90));
        stopping.Health.ShouldBe(InstanceHealth.Dead);
        var dump = Directory.GetFiles(Dumps).ShouldHaveSingleItem();
        stopping.Reason.ShouldBe($"not alive: /alive did not answer within 0.5 s; dump in {dump}");
        Path.GetFileName(dump).ShouldStartWith("site-8001-1-");
        new FileInfo(dump).Length.ShouldBeGreaterThan(1_000_000);
        File.GetUnixFileMode(Dumps).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var again = await _log.Until(s => s is { State: InstanceState.Running, Generation: 2 });
        again.Failures.ShouldBe(1);
        await Should.ThrowAsync<HttpRequestException>(hanging.Within());
    }

    [Fact]
    public async Task Of_a_program_without_a_runtime_that_could_write_one_there_is_no_dump()
        => (await new HangDumps(Dumps, TimeProvider.System).WriteAsync("site-8001", Environment.ProcessId * 1000, 1, TestContext.Current.CancellationToken))
            .ShouldBe("no dump: the process has no diagnostics socket of a .NET runtime");

    private InstanceSupervisor Supervise(HangDumps dumps) => _replica = new InstanceSupervisor(
        new InstanceSpec
        {
            Name = "site-8001",
            Index = 0,
            Port = _port,
            Readiness = [new ProbeSpec(new Uri($"http://127.0.0.1:{_port}/health"))],
            Liveness = new LivenessSpec
            {
                Declared = new ProbeSpec(new Uri($"http://127.0.0.1:{_port}/alive")) { Timeout = TimeSpan.FromSeconds(0.5) },
                Period = TimeSpan.FromSeconds(0.2),
                Dump = (pid, generation, token) => dumps.WriteAsync("site-8001", pid, generation, token),
            },
            StartSecs = TimeSpan.FromSeconds(0.2),
            StopGrace = TimeSpan.FromSeconds(0.5),
            Restart = new RestartSettings { Mode = RestartMode.Always },
            CreateLaunch = (_, _) => Task.FromResult(new LaunchRequest
            {
                FileName = ActorProgram.Path,
                Arguments = ["serve", $"{_port}"],
                WorkingDirectory = _folder.Path,
                Environment = new Dictionary<string, string>(ActorProgram.Environment, StringComparer.Ordinal) { ["DOTNET_EnableDiagnostics"] = "1", ["TMPDIR"] = _folder.Path },
                LogFile = _folder.File("site-8001.log"),
                ParentDeathSignal = SignalNames.Kill,
            }),
        },
        Launchers.Create(_logger),
        new ScriptedGate(),
        new InstanceProber(),
        TimeProvider.System,
        _logger,
        _log.Add);

    private string Seen() => $"{_replica?.Current}";
}
