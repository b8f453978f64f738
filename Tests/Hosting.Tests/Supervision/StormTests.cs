using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>Many commands at once on real processes: in the end each replica is as its last command wants it.</summary>
public sealed class StormTests : IAsyncLifetime
{
    private const int Replicas = 4;
    private const int Commands = 1000;

    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly List<(InstanceSupervisor Supervisor, SnapshotLog Log)> _replicas = [];

    public ValueTask InitializeAsync()
    {
        var launcher = Launchers.Create(_logger);
        for (var index = 0; index < Replicas; index++)
        {
            var log = new SnapshotLog();
            _replicas.Add((new InstanceSupervisor(Spec(index), launcher, new ScriptedGate(), new InstanceProber(), TimeProvider.System, _logger, log.Add), log));
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (supervisor, log) in _replicas)
        {
            supervisor.Kill();
            await supervisor.DisposeAsync().AsTask().Within();
            log.IllegalMoves.ShouldBeEmpty();
        }

        LivePids(_ => true).ShouldBeEmpty();
        _folder.Dispose();
        _logger.Entries.Where(e => e.Id is 2190 or 2191 or 2192).ShouldBeEmpty();
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task A_thousand_commands_at_once_end_with_one_live_process_for_each_replica()
    {
        var commands = Enumerable.Range(0, Commands).Select(i => Task.Run(() => Command(_replicas[i % Replicas].Supervisor, i / Replicas % 3))).ToList();
        await Task.WhenAll(commands).Within(TimeSpan.FromMinutes(2), Seen);

        await Task.WhenAll(_replicas.Select(r => r.Supervisor.StartAsync(CancellationToken.None))).Within(seen: Seen);

        foreach (var (supervisor, _) in _replicas)
        {
            supervisor.Current.State.ShouldBe(InstanceState.Running);
            LivePids(name => name == supervisor.Current.Name).ShouldBe([supervisor.Current.Pid!.Value]);
        }
    }

    [Fact]
    [Trait("kind", "slow")]
    public async Task A_thousand_random_commands_and_crashes_converge()
    {
        var random = new Random();
        List<Task> commands = [];
        for (var i = 0; i < Commands; i++)
        {
            var (supervisor, _) = _replicas[random.Next(Replicas)];
            if (random.Next(5) == 0 && supervisor.Current.Pid is { } pid)
            {
                _ = Libc.Kill(pid, SignalNames.Kill);
            }
            else
            {
                commands.Add(Command(supervisor, random.Next(3)));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20)), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await _replicas[0].Supervisor.StopAsync(CancellationToken.None).Within(seen: Seen);
        await Task.WhenAll(_replicas.Skip(1).Select(r => r.Supervisor.RestartAsync(CancellationToken.None))).Within(seen: Seen);
        await Task.WhenAll(commands).Within(TimeSpan.FromMinutes(2), Seen);

        LivePids(name => name == "storm-0").ShouldBeEmpty();
        foreach (var (supervisor, _) in _replicas.Skip(1))
        {
            await Wait.Until(() => supervisor.Current.State == InstanceState.Running, Seen);
            LivePids(name => name == supervisor.Current.Name).ShouldBe([supervisor.Current.Pid!.Value]);
        }
    }

    // Overtaken by another command, or given up: an answer too.
    private static async Task Command(InstanceSupervisor supervisor, int which)
    {
        try
        {
            await (which switch
            {
                0 => supervisor.StartAsync(CancellationToken.None),
                1 => supervisor.StopAsync(CancellationToken.None),
                _ => supervisor.RestartAsync(CancellationToken.None),
            });
        }
        catch (DistributedApplicationException)
        {
        }
    }

    private InstanceSpec Spec(int index) => new()
    {
        Name = $"storm-{index}",
        Index = index,
        StartSecs = TimeSpan.FromMilliseconds(10),
        Restart = new RestartSettings { Mode = RestartMode.Always, FailureBudget = null },
        CreateLaunch = (generation, _) => Task.FromResult(new LaunchRequest
        {
            FileName = "/bin/sleep",
            Arguments = ["1000"],
            WorkingDirectory = "/",
            LogFile = _folder.File($"storm-{index}.log"),
            ParentDeathSignal = SignalNames.Kill,
            Environment = new Dictionary<string, string>
            {
                ["STACK_STATE"] = _folder.Path, ["STACK_INSTANCE"] = $"storm-{index}", ["STACK_GENERATION"] = $"{generation}",
            },
        }),
    };

    private IReadOnlyList<int> LivePids(Func<string, bool> replica) =>
    [
        .. from process in ProcessTable.All()
           where process.IsLive
           let environment = ProcessTable.Environment(process.Pid)
           where environment.Contains($"STACK_STATE={_folder.Path}") && environment.Any(v => v.StartsWith("STACK_INSTANCE=", StringComparison.Ordinal) && replica(v["STACK_INSTANCE=".Length..]))
           select process.Pid,
    ];

    private string Seen() => string.Join("; ", _replicas.Select(r => $"{r.Supervisor.Current.Name} {r.Supervisor.Current.State} {r.Supervisor.Current.Reason}"));
}
