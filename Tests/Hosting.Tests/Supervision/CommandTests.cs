using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>Start, stop, restart and kill in every state.</summary>
public class CommandTests
{
    [Fact]
    public async Task Stop_while_waiting_for_a_dependency_releases_it_at_once()
    {
        await using var site = new Supervised();
        site.Gate.Close();
        await site.Start();
        site.State.ShouldBe(InstanceState.Waiting);
        site.Current.Reason.ShouldBe("waiting for 'db'");

        await site.Supervisor.StopAsync(CancellationToken.None).Within();

        site.State.ShouldBe(InstanceState.Stopped);
        site.Gate.Open();
        await site.Idle();
        site.Launcher.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Start_by_hand_ends_the_wait_for_a_dependency()
    {
        await using var site = new Supervised();
        site.Gate.Close();
        await site.Start();

        await site.Run();

        site.Gate.Entries.ShouldBe([false, true]);
        site.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Restart_while_waiting_goes_on_waiting()
    {
        await using var site = new Supervised();
        site.Gate.Close();
        await site.Start();
        var restart = site.Supervisor.RestartAsync(CancellationToken.None);
        await site.Idle();
        site.State.ShouldBe(InstanceState.Waiting);

        site.Gate.Open();
        await site.Advance(seconds: 1);

        await restart.Within();
        site.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_in_backoff_ends_the_attempts()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) };
        await site.Start();
        await site.Advance(seconds: 1.1);
        site.State.ShouldBe(InstanceState.Backoff);

        await site.Supervisor.StopAsync(CancellationToken.None).Within();
        await site.Advance(seconds: 100);

        site.State.ShouldBe(InstanceState.Stopped);
        site.Current.NextAttemptAt.ShouldBeNull();
        site.Launcher.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Start_in_backoff_starts_at_once()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => n <= 2 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(seconds: 1);
        site.State.ShouldBe(InstanceState.Backoff);

        await site.Run();

        site.Launcher.Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task Stop_while_starting_stops_in_order()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null, StopTakes = TimeSpan.FromSeconds(1) };
        var start = site.Supervisor.StartAsync(CancellationToken.None);
        await site.Idle();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);
        await site.Idle();
        site.State.ShouldBe(InstanceState.Stopping);
        stop.IsCompleted.ShouldBeFalse();

        await site.Advance(seconds: 1);

        await stop.Within();
        site.State.ShouldBe(InstanceState.Stopped);
        (await Should.ThrowAsync<DistributedApplicationException>(start.Within())).Message.ShouldBe("Replica 'site-8001' was stopped before it was running.");
    }

    [Fact]
    public async Task Stop_during_a_launch_is_applied_when_the_launch_is_through()
    {
        await using var site = new Supervised();
        var held = new TaskCompletionSource();
        site.Launcher.Script = _ => new LaunchScript { Held = held.Task };
        await site.Start();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);
        await site.Idle();
        site.State.ShouldBe(InstanceState.Starting);
        stop.IsCompleted.ShouldBeFalse();

        held.SetResult();

        await stop.Within();
        site.State.ShouldBe(InstanceState.Stopped);
        site.Launcher.Live.ShouldBe(0);
        site.Log.Moves.ShouldBe([InstanceState.Waiting, InstanceState.Starting, InstanceState.Stopping, InstanceState.Stopped]);
    }

    [Fact]
    public async Task Stop_during_the_preparation_of_a_launch_calls_it_off()
    {
        await using var site = new Supervised(s => s with
        {
            CreateLaunch = async (_, token) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return Supervised.Request(1);
            },
        });
        await site.Start();

        await site.Supervisor.StopAsync(CancellationToken.None).Within();

        site.State.ShouldBe(InstanceState.Stopped);
        site.Launcher.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Start_after_a_stop_during_a_launch_keeps_the_process()
    {
        await using var site = new Supervised();
        var held = new TaskCompletionSource();
        site.Launcher.Script = _ => new LaunchScript { Held = held.Task };
        await site.Start();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);
        await site.Idle();
        var start = site.Supervisor.StartAsync(CancellationToken.None);
        await site.Idle();

        held.SetResult();
        await site.Advance(seconds: 1);

        await start.Within();
        site.Launcher.Attempts.ShouldBe(1);
        site.Launcher.Last.Signals.ShouldBeEmpty();
        (await Should.ThrowAsync<DistributedApplicationException>(stop.Within())).Message.ShouldBe($"Replica '{site.Current.Name}' was started again before it was stopped.");
    }

    [Fact]
    public async Task Restart_during_a_launch_ends_with_a_newer_process()
    {
        await using var site = new Supervised();
        var held = new TaskCompletionSource();
        site.Launcher.Script = n => n == 1 ? new LaunchScript { Held = held.Task } : new LaunchScript();
        await site.Start();
        var restart = site.Supervisor.RestartAsync(CancellationToken.None);
        await site.Idle();

        held.SetResult();
        await site.Advance(seconds: 1);

        await restart.Within();
        site.Current.Generation.ShouldBe(2);
        site.Current.Restarts.ShouldBe(0);
    }

    [Fact]
    public async Task Start_then_stop_while_stopping_ends_stopped()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.FromSeconds(2) };
        await site.Run();
        await site.Stop();

        await site.Start();
        site.State.ShouldBe(InstanceState.Stopping);
        site.Current.Wanted.ShouldBeTrue();
        await site.Stop();
        await site.Advance(seconds: 2);

        site.State.ShouldBe(InstanceState.Stopped);
        site.Launcher.Attempts.ShouldBe(1);
        site.Launcher.Last.Signals.ShouldBe([15]);
    }

    [Fact]
    public async Task Start_while_stopping_starts_when_the_old_process_is_gone()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.FromSeconds(2) };
        await site.Run();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);
        var start = site.Supervisor.StartAsync(CancellationToken.None);

        await site.Advance(seconds: 3);

        await stop.Within();
        await start.Within();
        site.Current.Generation.ShouldBe(2);
    }

    [Fact]
    public async Task Stop_cancels_a_restart()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.FromSeconds(2) };
        await site.Run();
        var restart = site.Supervisor.RestartAsync(CancellationToken.None);
        var stop = site.Supervisor.StopAsync(CancellationToken.None);
        await site.Advance(seconds: 10);

        await stop.Within();
        site.State.ShouldBe(InstanceState.Stopped);
        site.Launcher.Attempts.ShouldBe(1);
        await Should.ThrowAsync<DistributedApplicationException>(restart.Within());
    }

    [Fact]
    public async Task Restart_of_a_running_replica_counts_as_no_restart_of_its_own()
    {
        await using var site = new Supervised();
        await site.Run();
        var restart = site.Supervisor.RestartAsync(CancellationToken.None);
        await site.Advance(seconds: 1);

        await restart.Within();

        site.Current.Generation.ShouldBe(2);
        site.Current.Restarts.ShouldBe(0);
        site.Log.Moves.Skip(3).ShouldBe([InstanceState.Stopping, InstanceState.Waiting, InstanceState.Starting, InstanceState.Running]);
    }

    [Fact]
    public async Task A_hundred_restarts_at_once_leave_one_process()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { StopTakes = TimeSpan.FromSeconds(0.1) };
        await site.Run();

        var restarts = Enumerable.Range(0, 100).Select(_ => Task.Run(() => site.Supervisor.RestartAsync(CancellationToken.None))).ToList();
        var all = Task.WhenAll(restarts);
        var began = TimeProvider.System.GetTimestamp();
        while (!all.IsCompleted && TimeProvider.System.GetElapsedTime(began) < Wait.Patience)
        {
            await site.Advance(seconds: 0.1); // however late the last of them asks
            await Task.Yield();
        }

        await all.Within(seen: () => site.Current.ToString());
        site.Launcher.Live.ShouldBe(1);
        site.Launcher.MostLive.ShouldBe(1);
        site.State.ShouldBe(InstanceState.Running);
    }

    [Fact]
    public async Task Commands_in_the_state_they_ask_for_complete_and_change_nothing()
    {
        await using var site = new Supervised();
        await site.Supervisor.StopAsync(CancellationToken.None).Within();
        site.Log.All.ShouldBeEmpty();
        await site.Run();
        var published = site.Log.Count;

        await site.Supervisor.StartAsync(CancellationToken.None).Within();

        site.Log.Count.ShouldBe(published);
    }

    [Fact]
    public async Task Cancelling_a_command_ends_only_the_wait()
    {
        await using var site = new Supervised();
        using var cancel = new CancellationTokenSource();
        var start = site.Supervisor.StartAsync(cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(start.Within());

        await site.Advance(seconds: 1);

        site.State.ShouldBe(InstanceState.Running);
    }

    [Fact]
    public async Task Replica_that_ignores_the_stop_signal_is_killed_once_after_its_grace()
    {
        await using var site = new Supervised(s => s with { StopSignal = 3 });
        site.Launcher.Script = _ => new LaunchScript { IgnoresStop = true };
        await site.Run();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);

        await site.Advance(seconds: 4.9);
        site.State.ShouldBe(InstanceState.Stopping);
        site.Launcher.Last.Signals.ShouldBe([3]);
        await site.Advance(seconds: 0.2);

        await stop.Within();
        site.Launcher.Last.Signals.ShouldBe([3, 9]);
        site.Current.Reason.ShouldBe("killed after 5 s, because it did not end on signal 3 (QUIT)");
        site.Current.LastExit.ShouldBe("signal 9 (KILL) after 5 s of grace");
        site.Alerts.ShouldHaveSingleItem().ShouldBe("Replica 'site-8001' was killed after 5 s, because it did not end on signal 3 (QUIT).");
        site.Logger.Entries.ShouldContain(e => e.Level == LogLevel.Warning && e.Message == "Instance site-8001 was killed after 5 s, because it did not end on signal 3 (QUIT).");
    }

    [Fact]
    public async Task Kill_at_the_end_of_the_grace_stays_in_the_status_over_a_restart()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => new LaunchScript { IgnoresStop = n == 1 };
        await site.Run();
        await site.Restart();

        await site.Advance(seconds: 7);

        site.State.ShouldBe(InstanceState.Running);
        site.Current.Generation.ShouldBe(2);
        site.Current.LastExit.ShouldBe("signal 9 (KILL) after 5 s of grace");
    }

    [Theory]
    [InlineData(InstanceState.Starting)]
    [InlineData(InstanceState.Running)]
    [InlineData(InstanceState.Stopping)]
    internal async Task Kill_ends_it_at_once(InstanceState state)
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { IgnoresStop = true };
        await site.Start();
        if (state != InstanceState.Starting)
        {
            await site.Advance(seconds: 1);
        }

        if (state == InstanceState.Stopping)
        {
            await site.Stop();
        }

        site.State.ShouldBe(state);
        site.Supervisor.Kill();
        await site.Idle();

        site.State.ShouldBe(InstanceState.Stopped);
        site.Launcher.Live.ShouldBe(0);
    }

    [Fact]
    public async Task Process_that_can_not_be_killed_is_reported_again_and_again()
    {
        const int cannotBeKilled = 2114;
        var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { IgnoresStop = true, IgnoresKill = true };
        await site.Run();
        var stop = site.Supervisor.StopAsync(CancellationToken.None);

        await site.Advance(seconds: 5 + 5 + 10 + 10 + 1);

        site.Logged(LogLevel.Error, cannotBeKilled).ShouldBe(3);
        site.Alerts.Last().ShouldBe($"Process {site.Launcher.Last.Pid} of replica 'site-8001' can't be killed; its state in the kernel is unknown.");
        site.Alerts.Count.ShouldBe(2); // its grace was over, and it can't be killed: each once
        site.State.ShouldBe(InstanceState.Stopping);
        (await Should.ThrowAsync<DistributedApplicationException>(stop.Within())).Message.ShouldContain("can't be killed");
        site.Launcher.Last.End(code: 0);
        await site.Idle();
        site.State.ShouldBe(InstanceState.Stopped);
        await site.DisposeAsync();
    }

    [Fact]
    public async Task Refused_signal_shows_as_unknown_until_the_process_ends()
    {
        await using var site = new Supervised();
        await site.Run();
        site.Launcher.Last.RefusesSignals = true;
        var stop = site.Supervisor.StopAsync(CancellationToken.None);

        (await Should.ThrowAsync<DistributedApplicationException>(stop.Within())).Message.ShouldContain("EPERM");
        site.State.ShouldBe(InstanceState.Unknown);
        site.Alerts.ShouldHaveSingleItem().ShouldStartWith("Replica 'site-8001' can't be stopped: process ");

        await site.End(code: 0);
        site.State.ShouldBe(InstanceState.Stopped);
    }

    [Fact]
    public async Task Refused_signal_is_tried_again_by_the_next_stop()
    {
        await using var site = new Supervised();
        await site.Run();
        site.Launcher.Last.RefusesSignals = true;
        await site.Stop();
        site.State.ShouldBe(InstanceState.Unknown);
        site.Launcher.Last.RefusesSignals = false;

        await site.Supervisor.StopAsync(CancellationToken.None).Within();

        site.State.ShouldBe(InstanceState.Stopped);
        site.Log.Moves.TakeLast(3).ShouldBe([InstanceState.Unknown, InstanceState.Stopping, InstanceState.Stopped]);
    }

    [Fact]
    public async Task Disposing_stops_the_replica()
    {
        var site = new Supervised();
        await site.Run();

        await site.DisposeAsync();

        site.Launcher.Live.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => { _ = site.Supervisor.StartAsync(CancellationToken.None); });
    }

    [Fact]
    public async Task Observer_that_fails_does_not_stop_the_loop()
    {
        var time = new ManualTimeProvider();
        var launcher = new ScriptedLauncher(time);
        var logger = new RecordingLogger();
        var spec = new InstanceSpec
        {
            Name = "site-8001",
            Index = 0,
            CreateLaunch = (generation, _) => Task.FromResult(Supervised.Request(generation)),
            StartSecs = TimeSpan.Zero,
            Restart = new RestartSettings { Mode = Stack.Hosting.ApplicationModel.RestartMode.Always },
        };
        await using var supervisor = new InstanceSupervisor(
            spec, launcher, new ScriptedGate(), new ScriptedProber(launcher), time, logger, _ => throw new InvalidOperationException("observer"));

        await supervisor.StartAsync(CancellationToken.None).Within();

        supervisor.Current.State.ShouldBe(InstanceState.Running);
        logger.Entries.ShouldContain(e => e.Exception is InvalidOperationException);
    }

    [Fact]
    public void A_move_that_is_not_in_the_table_is_refused()
    {
#if DEBUG
        Should.Throw<InvalidOperationException>(() => InstanceMoves.Check("site-8001", InstanceState.Stopped, InstanceState.Backoff)).Message
            .ShouldBe("Replica 'site-8001' may not go from Stopped to Backoff.");
#else
        InstanceMoves.Check("site-8001", InstanceState.Stopped, InstanceState.Backoff).ShouldBeFalse();
#endif
        InstanceMoves.Check("site-8001", InstanceState.Stopped, InstanceState.Waiting).ShouldBeTrue();
    }
}
