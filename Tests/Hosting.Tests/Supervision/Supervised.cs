using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>One supervisor on scripted processes and a manual clock.</summary>
internal sealed class Supervised : IAsyncDisposable
{
    public Supervised(Func<InstanceSpec, InstanceSpec>? change = null, IStartGate? gate = null, ManualTimeProvider? time = null)
    {
        Time = time ?? new ManualTimeProvider();
        Launcher = new ScriptedLauncher(Time);
        Prober = new ScriptedProber(Launcher);
        var spec = new InstanceSpec
        {
            Name = "site-8001",
            Index = 0,
            CreateLaunch = (generation, _) => Task.FromResult(Request(generation)),
            Readiness = [new ProbeSpec(new Uri("http://127.0.0.1:8001/health"))],
            Restart = new RestartSettings { Mode = RestartMode.Always },
        };
        Spec = change?.Invoke(spec) ?? spec;
        Supervisor = new InstanceSupervisor(Spec, Launcher, gate ?? Gate, Prober, Time, Logger, Log.Add) { Alerted = Alerts.Enqueue };
    }

    public ManualTimeProvider Time { get; }

    public ScriptedLauncher Launcher { get; }

    public ScriptedProber Prober { get; }

    public ScriptedGate Gate { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public SnapshotLog Log { get; } = new();

    public ConcurrentQueue<string> Alerts { get; } = [];

    public InstanceSpec Spec { get; }

    public InstanceSupervisor Supervisor { get; }

    public InstanceSnapshot Current => Supervisor.Current;

    public InstanceState State => Current.State;

    public static LaunchRequest Request(int generation) => new()
    {
        FileName = "/bin/site",
        Arguments = [$"{generation}"],
        WorkingDirectory = "/",
        Environment = new Dictionary<string, string>(),
        LogFile = "/nowhere/site-8001.log",
    };

    public static InstanceSpec WithoutCheck(InstanceSpec spec) => spec with { Readiness = [] };

    public static InstanceSpec Mode(InstanceSpec spec, RestartMode mode) => spec with { Restart = spec.Restart with { Mode = mode } };

    /// <summary>Waits until the loop has handled all there is.</summary>
    public Task Idle() => Supervisor.IdleAsync().Within(seen: () => Current.ToString());

    /// <summary>Moves time on from timer to timer, so that what a timer leads to is set at its time.</summary>
    public async Task Advance(TimeSpan by)
    {
        await Idle();
        var end = Time.Now + by;
        while (Time.Now < end)
        {
            var next = Time.NextDue is { } due && due < end ? due : end;
            Time.Advance(next > Time.Now ? next - Time.Now : TimeSpan.Zero);
            await Idle();
        }
    }

    public Task Advance(double seconds) => Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Starts, and lets it become Running.</summary>
    public async Task Run()
    {
        var start = Supervisor.StartAsync(CancellationToken.None);
        await Advance(Spec.StartSecs);
        await start.Within(seen: () => Current.ToString());
        State.ShouldBe(InstanceState.Running);
    }

    /// <summary>Sends a command whose outcome the test does not look at.</summary>
    public async Task Send(Func<InstanceSupervisor, Task> command)
    {
        Forget(command(Supervisor));
        await Idle();
    }

    public Task Start() => Send(s => s.StartAsync(CancellationToken.None));

    public Task Stop() => Send(s => s.StopAsync(CancellationToken.None));

    public Task Restart() => Send(s => s.RestartAsync(CancellationToken.None));

    public async Task End(int code)
    {
        Launcher.Last.End(code);
        await Idle();
    }

    public int Logged(LogLevel level, int id) => Logger.Entries.Count(e => e.Level == level && e.Id == id);

    public async ValueTask DisposeAsync()
    {
        Supervisor.Kill();
        await Supervisor.DisposeAsync().AsTask().Within(seen: () => Current.ToString());
        Log.IllegalMoves.ShouldBeEmpty();
        Logger.Entries.Where(e => e.Id is 2190 or 2191 or 2192).ShouldBeEmpty();
        Launcher.MostLive.ShouldBeLessThanOrEqualTo(1);
        Gate.Held.ShouldBe(0);
    }

    private static void Forget(Task task) => _ = task.ContinueWith(t => t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
