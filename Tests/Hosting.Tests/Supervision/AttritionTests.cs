using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>Many real replicas, for long: what is lost meanwhile comes back, and in the end nothing is missing and nothing too much.</summary>
[Trait("kind", "slow")]
public sealed class AttritionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private readonly List<InstanceSupervisor> _replicas = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            replica.Kill();
        }

        await Task.WhenAll(_replicas.Select(r => r.DisposeAsync().AsTask())).Within();
        _folder.Dispose();
        _logger.Entries.Where(e => e.Id is 2190 or 2191 or 2192).ShouldBeEmpty();
    }

    [Fact]
    public async Task Random_kill_each_second_for_three_minutes_never_costs_more_than_a_few_replicas_at_a_time()
    {
        const int count = 64;
        const int kills = 180;
        await StartAsync(count);
        var random = new Random(1);
        var worst = count;
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var kill = 0; kill < kills; kill++)
        {
            await second.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            worst = Math.Min(worst, _replicas.Count(r => r.Current.State == InstanceState.Running));
            if (_replicas[random.Next(count)].Current.Pid is { } pid)
            {
                _ = Libc.Kill(pid, SignalNames.Kill);
            }
        }

        // Who is hit again before 60 s are over comes back after a pause, of a minute at most.
        await Wait.Until(() => _replicas.TrueForAll(r => r.Current.State == InstanceState.Running), Seen, TimeSpan.FromMinutes(2));
        worst.ShouldBeGreaterThanOrEqualTo(count * 3 / 4);
        _replicas.Sum(r => r.Current.Restarts).ShouldBeInRange(kills - 20, kills);
        LivePids().ShouldBe(_replicas.Select(r => r.Current.Pid!.Value), ignoreOrder: true);
    }

    [Fact]
    public async Task Two_hundred_replicas_start_and_stop_and_leave_nothing()
    {
        const int count = 200;

        await StartAsync(count);

        LivePids().ShouldBe(_replicas.Select(r => r.Current.Pid!.Value), ignoreOrder: true);
        await Task.WhenAll(_replicas.Select(r => r.StopAsync(CancellationToken.None))).Within(TimeSpan.FromMinutes(1), Seen);
        LivePids().ShouldBeEmpty();
    }

    private async Task StartAsync(int count)
    {
        var launcher = Launchers.Create(_logger);
        _replicas.AddRange(Enumerable.Range(0, count).Select(index => new InstanceSupervisor(Spec(index), launcher, new ScriptedGate(), new InstanceProber(), TimeProvider.System, _logger, _ => { })));
        await Task.WhenAll(_replicas.Select(r => r.StartAsync(CancellationToken.None))).Within(TimeSpan.FromMinutes(1), Seen);
    }

    private InstanceSpec Spec(int index) => new()
    {
        Name = $"attrition-{index}",
        Index = index,
        StartSecs = TimeSpan.FromMilliseconds(100),
        Restart = new RestartSettings { Mode = RestartMode.Always, FailureBudget = null },
        CreateLaunch = (generation, _) => Task.FromResult(new LaunchRequest
        {
            FileName = "/bin/sleep",
            Arguments = ["1000"],
            WorkingDirectory = "/",
            LogFile = _folder.File($"attrition-{index}.log"),
            ParentDeathSignal = SignalNames.Kill,
            Environment = new Dictionary<string, string>
            {
                ["STACK_STATE"] = _folder.Path, ["STACK_INSTANCE"] = $"attrition-{index}", ["STACK_GENERATION"] = $"{generation}",
            },
        }),
    };

    private List<int> LivePids() => [.. ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={_folder.Path}")).Select(p => p.Pid)];

    private string Seen() => string.Join("; ", _replicas.Select(r => r.Current).GroupBy(r => r.State).Select(g => $"{g.Count()} {g.Key}"));
}
