using System.Net;
using System.Net.Sockets;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>The supervisor with real processes, the real clock and real probes.</summary>
[Trait("kind", "process")]
public sealed class RealReplicaTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly SnapshotLog _log = new();
    private readonly int _port = FreePort.Next();
    private InstanceSupervisor? _replica;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_replica is not null)
        {
            _replica.Kill();
            await _replica.DisposeAsync().AsTask().Within();
        }

        _folder.Dispose();
        _log.IllegalMoves.ShouldBeEmpty();
        _logger.Entries.Where(e => e.Id is 2190 or 2191 or 2192).ShouldBeEmpty();
    }

    [Fact]
    public async Task Replica_that_serves_gets_ready_and_stops_in_order()
    {
        var replica = Supervise(Serving(_ => ["serve", $"{_port}", "300"]));

        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        replica.Current.Health.ShouldBe(InstanceHealth.Ready);
        var pid = replica.Current.Pid.ShouldNotBeNull();
        (await AnswerAsync()).ShouldBe($"{pid}");

        await replica.StopAsync(CancellationToken.None).Within(seen: Seen);
        replica.Current.State.ShouldBe(InstanceState.Stopped);
        replica.Current.LastExit.ShouldBe("exit code 0");
        replica.Current.Reason.ShouldBeNull();
        PortPreflight.FindHolder(_port).ShouldBeNull();
        ProcessTable.Find(pid).ShouldBeNull();
    }

    [Fact]
    public async Task Replica_killed_from_outside_is_back_at_once_and_says_why()
    {
        var replica = Supervise(Serving(_ => ["serve", $"{_port}"]));
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        var seen = _log.Count;

        using (var process = System.Diagnostics.Process.GetProcessById(replica.Current.Pid!.Value))
        {
            process.Kill();
        }

        var back = await _log.Until(s => s is { State: InstanceState.Running, Generation: 2 }, seen);
        back.Restarts.ShouldBe(1);
        back.LastExit.ShouldBe("killed from outside (signal 9)");
        (await AnswerAsync()).ShouldBe($"{back.Pid}");
    }

    [Fact]
    public async Task Restart_brings_a_new_process_on_the_same_port()
    {
        var replica = Supervise(Serving(_ => ["serve", $"{_port}"]));
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        var before = replica.Current.Pid;

        await replica.RestartAsync(CancellationToken.None).Within(seen: Seen);

        replica.Current.Pid.ShouldNotBe(before);
        (await AnswerAsync()).ShouldBe($"{replica.Current.Pid}");
    }

    [Fact]
    public async Task Many_restarts_at_once_leave_one_process()
    {
        var replica = Supervise(Serving(_ => ["serve", $"{_port}"]) with { StartSecs = TimeSpan.FromMilliseconds(10) });
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => replica.RestartAsync(CancellationToken.None)))).Within(seen: Seen);

        replica.Current.State.ShouldBe(InstanceState.Running);
        ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={_folder.Path}")).Select(p => p.Pid)
            .ShouldBe([replica.Current.Pid!.Value]);
    }

    [Fact]
    public async Task Answer_from_a_stranger_on_its_port_does_not_make_it_ready()
    {
        var replica = Supervise(Serving(_ => ["hang"]) with { StartDeadline = TimeSpan.FromSeconds(3), StartSecs = TimeSpan.FromMilliseconds(100) });
        var start = replica.StartAsync(CancellationToken.None);
        await _log.Until(s => s.Pid != null);
        using var stranger = new TcpListener(IPAddress.Loopback, _port);
        stranger.Start();
        using var ended = new CancellationTokenSource();
        var serving = ServeAsync(stranger, ended.Token);

        var stopping = await _log.Until(s => s.State == InstanceState.Stopping);

        stopping.Reason.ShouldBe($"not ready within 3 s: /health is not its own: another process than the replica listens on port {_port}");
        var given = await _log.Until(s => s.State == InstanceState.Fatal);
        given.Reason.ShouldStartWith($"Port {_port} for replica 'site-8001' is already in use by process {Environment.ProcessId} (");
        await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(start.Within());
        await ended.CancelAsync();
        await serving.Within();
    }

    [Fact]
    public async Task Replica_that_ignores_TERM_is_killed_after_its_grace_with_a_warning()
    {
        var replica = Supervise(Plain("ignore-term") with { StopGrace = TimeSpan.FromSeconds(1) });
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        await Wait.Until(() => File.ReadAllText(LogFile).Contains("ignoring TERM", StringComparison.Ordinal));

        await replica.StopAsync(CancellationToken.None).Within(seen: Seen);

        replica.Current.LastExit.ShouldBe("signal 9 (KILL) after 1 s of grace");
        replica.Current.Reason.ShouldBe("killed after 1 s, because it did not end on signal 15 (TERM)");
    }

    [Fact]
    public async Task Stopped_process_is_killed_after_its_grace()
    {
        var replica = Supervise(Plain("hang") with { StopGrace = TimeSpan.FromSeconds(1) });
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        Stack.Hosting.Supervision.Posix.Libc.Kill(replica.Current.Pid!.Value, 19);

        await replica.StopAsync(CancellationToken.None).Within(seen: Seen);

        replica.Current.LastExit.ShouldBe("signal 9 (KILL) after 1 s of grace");
    }

    [Fact]
    public async Task Grandchild_ends_with_its_replica()
    {
        var replica = Supervise(Plain("fork"));
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        await Wait.Until(() => File.ReadAllText(LogFile).Contains("grandchild ", StringComparison.Ordinal));
        var grandchild = int.Parse(File.ReadAllLines(LogFile).Single(l => l.StartsWith("grandchild ", StringComparison.Ordinal))["grandchild ".Length..]);

        await replica.StopAsync(CancellationToken.None).Within(seen: Seen);

        (ProcessTable.Find(grandchild) is { IsLive: true }).ShouldBeFalse();
    }

    [Fact]
    public async Task Last_words_before_an_abort_are_kept()
    {
        var replica = Supervise(Plain("abort", "the database is on fire") with { Restart = new RestartSettings { Mode = RestartMode.Never }, StartSecs = TimeSpan.FromMinutes(1) });

        await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(replica.StartAsync(CancellationToken.None).Within(seen: Seen));

        replica.Current.LastExit.ShouldBe("signal 6 (ABRT)");
        replica.Current.LastWords.ShouldContain("the database is on fire");
        replica.Current.LastWords.Count.ShouldBeLessThanOrEqualTo(LastWords.MaxLines);
    }

    [Fact]
    public async Task Missing_program_is_given_up_with_its_path()
    {
        var missing = _folder.File("missing");
        var replica = Supervise(Plain("hang") with { CreateLaunch = (_, _) => Task.FromResult(Request(9, ["hang"]) with { FileName = missing }) });

        var failure = await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(replica.StartAsync(CancellationToken.None).Within(seen: Seen));

        failure.Message.ShouldBe($"Replica 'site-8001' did not start: The program '{missing}' does not exist. Build it, or correct its path.");
        replica.Current.State.ShouldBe(InstanceState.Fatal);
    }

    [Fact]
    public async Task Kill_ends_it_at_once()
    {
        var replica = Supervise(Plain("ignore-term") with { StopGrace = TimeSpan.FromMinutes(10) });
        await replica.StartAsync(CancellationToken.None).Within(seen: Seen);
        var stop = replica.StopAsync(CancellationToken.None);

        replica.Kill();

        await stop.Within(TimeSpan.FromSeconds(5), Seen);
    }

    private string LogFile => _folder.File("site-8001.log");

    private string Seen() => $"{_replica?.Current}; log: {(File.Exists(LogFile) ? File.ReadAllText(LogFile) : "none")}";

    private InstanceSupervisor Supervise(InstanceSpec spec)
        => _replica = new InstanceSupervisor(spec, Launchers.Create(_logger), new ScriptedGate(), new InstanceProber(), TimeProvider.System, _logger, _log.Add);

    private InstanceSpec Serving(Func<int, string[]> arguments) => new()
    {
        Name = "site-8001",
        Index = 0,
        Port = _port,
        Readiness = [new ProbeSpec(new Uri($"http://127.0.0.1:{_port}/health"))],
        CreateLaunch = (generation, _) => Task.FromResult(Request(generation, arguments(generation))),
        Restart = new RestartSettings { Mode = RestartMode.Always },
        StartSecs = TimeSpan.FromMilliseconds(200),
    };

    private InstanceSpec Plain(params string[] arguments) => Serving(_ => arguments) with { Port = null, Readiness = [] };

    private LaunchRequest Request(int generation, string[] arguments) => new()
    {
        FileName = ActorProgram.Path,
        Arguments = arguments,
        WorkingDirectory = _folder.Path,
        Environment = new Dictionary<string, string>(ActorProgram.Environment, StringComparer.Ordinal)
        {
            ["STACK_STATE"] = _folder.Path, ["STACK_INSTANCE"] = "site-8001", ["STACK_GENERATION"] = $"{generation}",
        },
        LogFile = LogFile,
        ParentDeathSignal = SignalNames.Kill,
    };

    private async Task<string> AnswerAsync()
    {
        using var client = new HttpClient();
        return await client.GetStringAsync($"http://127.0.0.1:{_port}/");
    }

    private static async Task ServeAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                var read = new byte[4096];
                _ = await client.GetStream().ReadAsync(read, cancellationToken);
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
