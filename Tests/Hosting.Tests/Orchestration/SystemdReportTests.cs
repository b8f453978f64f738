using Microsoft.Extensions.Logging;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>What systemd is told, and when.</summary>
public sealed class SystemdReportTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingLogger _logger = new();
    private readonly NotifySocket _socket;
    private readonly CancellationTokenSource _ended = new();
    private int _asked;
    private ResourceStatus _site = Site(Replica("site-8001", "Running", "Ready"), Replica("site-8002", "Starting", "Unknown"));

    public SystemdReportTests() => _socket = new NotifySocket(_folder.File("notify"));

    public void Dispose()
    {
        _socket.Dispose();
        _ended.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_start_asks_for_time_until_it_is_ready_and_then_tells_each_change_once()
    {
        var report = Report();
        var running = report.RunAsync(Status, _ => Task.CompletedTask, _ended.Token);
        (await _socket.NextAsync()).ShouldBe("STATUS=1 of 2 ready; site-8002 Starting\nEXTEND_TIMEOUT_USEC=15000000");
        await Tick();
        (await _socket.NextAsync()).ShouldBe("EXTEND_TIMEOUT_USEC=15000000");

        _site = Site(Replica("site-8001", "Running", "Ready"), Replica("site-8002", "Fatal", "Unknown"));
        report.Ready(Sample());
        (await _socket.NextAsync()).ShouldBe("READY=1\nSTATUS=1 of 2 ready; site-8002 Fatal");
        await Tick();
        (await _socket.NextAsync()).ShouldBe("STATUS=1 of 2 ready; site-8002 Fatal");
        await Tick();
        await Tick();
        _site = Site(Replica("site-8001", "Running", "Ready"), Replica("site-8002", "Running", "Ready"));
        await Tick();

        (await _socket.NextAsync()).ShouldBe("STATUS=2 of 2 ready");
        await EndAsync(running);
    }

    [Fact]
    public async Task A_stop_asks_for_time_up_to_its_limit()
    {
        var report = Report();
        report.Ready(Sample());
        var running = report.RunAsync(Status, _ => Task.CompletedTask, _ended.Token);
        await _socket.UntilAsync("STATUS=1 of 2 ready; site-8002 Starting");
        await _socket.NextAsync();

        report.Stopping(TimeSpan.FromSeconds(3));

        (await _socket.NextAsync()).ShouldBe("STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC=15000000");
        await Tick();
        (await _socket.NextAsync()).ShouldBe("STATUS=Stopping; 2 left\nEXTEND_TIMEOUT_USEC=15000000");
        await Tick();
        await Tick();
        await EndAsync(running);
        (await _socket.RestAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_watchdog_is_told_only_while_the_loops_answer()
    {
        var answer = new TaskCompletionSource();
        var asked = 0;
        var report = Report(TimeSpan.FromSeconds(30));
        report.Ready(Sample());
        var running = report.RunAsync(Status, _ => ++asked == 2 ? answer.Task : Task.CompletedTask, _ended.Token);
        await _socket.UntilAsync("WATCHDOG=1");

        _time.Advance(TimeSpan.FromSeconds(15));
        await Wait.Until(() => asked == 2);
        _time.Advance(TimeSpan.FromSeconds(60));
        await Wait.Until(() => _logger.Entries.Any(e => e.Level == LogLevel.Error));
        (await _socket.RestAsync()).ShouldNotContain("WATCHDOG=1");

        answer.SetResult();
        await _socket.UntilAsync("WATCHDOG=1");
        _logger.Entries.Single().Message.ShouldBe("A supervisor has not answered for 15 s. The service manager is not told that all is well until it does.");
        await EndAsync(running);
    }

    [Fact]
    public async Task Without_a_manager_nothing_runs()
        => await new SystemdReport(new SystemdNotify(null, null), _time, new Logger<SystemdReport>(_logger)).RunAsync(Status, _ => throw new InvalidOperationException(), CancellationToken.None).Within();

    [Fact]
    public void A_long_list_of_what_is_not_well_is_cut()
        => SystemdReport.Line(new StackStatus
        {
            Seq = 1,
            Supervisor = new SupervisorStatus { Pid = 1, Mode = "production", StartedAt = DateTimeOffset.UnixEpoch },
            Resources = [Site(
                Replica("a", "Fatal", "Unknown"), Replica("b", "Running", "NotReady"), Replica("c", "Running", "Dead"), Replica("d", "Backoff", "Unknown"), Replica("e", "Waiting", "Unknown"), Replica("f", "Stopped", "Unknown"))],
        }).ShouldBe("0 of 6 ready; a Fatal, b NotReady, c Dead and 2 more");

    private static ResourceStatus Site(params ReplicaStatus[] replicas) => new()
    {
        Name = "site",
        Type = "Project",
        State = "Running",
        Health = "Ready",
        Urls = [],
        Wanted = replicas.Length,
        Ready = replicas.Count(r => r.Health == "Ready"),
        Replicas = replicas,
    };

    private static ReplicaStatus Replica(string name, string state, string health) => new() { Name = name, State = state, Health = health, Pid = 1, Port = 8001, Restarts = 0, StartedAt = null, Failures = 0, Generation = 1, LastExit = null, NextAttemptAt = null, Reason = null, Url = null };

    private SystemdReport Report(TimeSpan? watchdog = null) => new(new SystemdNotify(_socket.Address, watchdog), _time, new Logger<SystemdReport>(_logger));

    private StackStatus Status()
    {
        Interlocked.Increment(ref _asked);
        return Sample();
    }

    private StackStatus Sample() => new()
    {
        Seq = 1, Supervisor = new SupervisorStatus { Pid = 1, Mode = "production", StartedAt = DateTimeOffset.UnixEpoch }, Resources = [_site],
    };

    // Each turn of the loop asks how the stack is.
    private async Task Tick()
    {
        var before = Volatile.Read(ref _asked);
        _time.Advance(TimeSpan.FromSeconds(2));
        await Wait.Until(() => Volatile.Read(ref _asked) > before);
    }

    private async Task EndAsync(Task running)
    {
        await _ended.CancelAsync();
        await running.Within();
    }
}
