using System.Net;
using System.Net.Sockets;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>A stranger on a replica's port, with real sockets and processes.</summary>
[Trait("kind", "process")]
public sealed class TakenPortTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly SnapshotLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_launched_while_a_stranger_holds_the_port_and_the_replica_recovers_by_itself_when_it_is_free()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        List<string> alerts = [];
        await using var replica = Supervise(port, alerts);
        _ = replica.StartAsync(CancellationToken.None).ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        // Given up, and looked at the port again twice.
        for (var look = 1; look <= 3; look++)
        {
            await Wait.Until(() => _log.All.Count(s => s.State == InstanceState.Fatal && s.Reason is not null) >= look, () => replica.Current.ToString());
        }

        replica.Current.Generation.ShouldBe(0);
        _log.All.ShouldAllBe(s => s.Pid == null);
        _log.Moves.ShouldNotContain(InstanceState.Starting);
        alerts.ShouldHaveSingleItem().ShouldStartWith($"Replica 'site-8001' was given up: Port {port} for replica 'site-8001' is already in use by process {Environment.ProcessId} (");

        stranger.Stop();

        var back = await _log.Until(s => s.State == InstanceState.Running);
        back.Generation.ShouldBe(1);
        replica.Kill();
    }

    private InstanceSupervisor Supervise(int port, List<string> alerts)
        => new(
            new InstanceSpec
            {
                Name = "site-8001",
                Index = 0,
                Port = port,
                Readiness = [new ProbeSpec(new Uri($"http://127.0.0.1:{port}/health"))],
                StartSecs = TimeSpan.FromMilliseconds(50),
                Restart = new RestartSettings { Mode = RestartMode.Always, ProbationInterval = TimeSpan.FromMilliseconds(100) },
                CreateLaunch = (_, _) => Task.FromResult(new LaunchRequest
                {
                    FileName = ActorProgram.Path,
                    Arguments = ["serve", $"{port}"],
                    WorkingDirectory = _folder.Path,
                    Environment = ActorProgram.Environment,
                    LogFile = _folder.File("site-8001.log"),
                    ParentDeathSignal = SignalNames.Kill,
                }),
            },
            Launchers.Create(_logger),
            new ScriptedGate(),
            new InstanceProber(),
            TimeProvider.System,
            _logger,
            _log.Add)
        {
            Alerted = alerts.Add,
        };
}
