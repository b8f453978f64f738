using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Control;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

public sealed class RollTests
{
    private static readonly LaunchScript Broken = new() { ExitsAfter = TimeSpan.FromMilliseconds(100), Exit = new ExitFacts(ExitKind.Code, 3), ReadyAfter = null };

    [Fact]
    public async Task Replicas_are_restarted_one_at_a_time_each_out_of_traffic_meanwhile()
    {
        await using var site = new RolledSite(3);
        await site.Start();

        var outcome = await site.Run("roll");

        outcome.ShouldBe(CommandOutcome.Done());
        site.Journal.Lines.ShouldBe(
        [
            "drain site-8001", "launch site-8001", "admit site-8001",
            "drain site-8002", "launch site-8002", "admit site-8002",
            "drain site-8003", "launch site-8003", "admit site-8003",
        ]);
        site.FewestReady.ShouldBe(2);
        site.Rollouts.Where(r => r?.Replica is not null).Select(r => (r!.State, r.What, r.Replica)).ShouldBe(
            [("Running", "roll", "site-8001"), ("Running", "roll", "site-8002"), ("Running", "roll", "site-8003")]);
        site.Rollouts[^1].ShouldBeNull();
        site.Renewals.ShouldBe(1);
        site.Status.Replicas.Select(r => (r.Generation, r.Traffic)).ShouldBe([(2, "In"), (2, "In"), (2, "In")]);
    }

    [Fact]
    public async Task Restart_of_the_resource_is_a_roll_and_of_one_replica_it_drains_that_one()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        (await site.Run("restart")).Succeeded.ShouldBeTrue();
        site.Journal.Lines.ShouldBe(["drain site-8001", "launch site-8001", "admit site-8001", "drain site-8002", "launch site-8002", "admit site-8002"]);
        site.Journal.Clear();
        (await site.Run("restart", "site-8002")).Succeeded.ShouldBeTrue();

        site.Journal.Lines.ShouldBe(["drain site-8002", "launch site-8002", "admit site-8002"]);
    }

    [Fact]
    public async Task Without_a_gateway_there_is_no_traffic_to_see_and_the_order_is_the_same()
    {
        await using var site = new RolledSite(2, gate: false);
        await site.Start();

        (await site.Run("roll")).Succeeded.ShouldBeTrue();

        site.Journal.Lines.ShouldBe(["launch site-8001", "launch site-8002"]);
        site.FewestReady.ShouldBe(1);
        site.Status.Replicas.Select(r => r.Traffic).Distinct().ShouldBe(["None"]);
    }

    [Fact]
    public async Task A_replica_is_let_in_after_three_successes_in_a_row()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        var ready = TimeSpan.Zero;
        site.Gate.Answer = line =>
        {
            ready = line == "admit site-8001" ? site.Time.GetUtcNow() - site.Replica("site-8001").Current.StartedAt!.Value : ready;
            return Task.CompletedTask;
        };

        await site.Run("restart", "site-8001");

        // One second of life, then three probes 250 ms apart.
        ready.ShouldBe(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task A_version_that_does_not_start_freezes_the_roll_and_the_old_one_is_put_back()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Version = "v2";
        site.Launcher.Script = number => number == 4 ? Broken : new LaunchScript();

        var outcome = await site.Run("roll");

        outcome.End.ShouldBe(CommandEnd.Failed);
        outcome.Message.ShouldBe(
            "The roll of 'site' froze at 'site-8001'. Replica 'site-8001' did not get ready: exit code 3. The version before was put back and serves. " +
            "The replicas after it were not touched. 'stack roll site' tries again, 'stack start site' leaves it as it is.");
        site.Alerts.ShouldBe([outcome.Message!]);
        site.Status.State.ShouldBe("RolloutFrozen");
        site.Status.Rollout.ShouldBe(new() { State = "Frozen", What = "roll", Replica = "site-8001", Reason = "Replica 'site-8001' did not get ready: exit code 3. The version before was put back and serves." });
        site.Versions.ShouldBe(["v1", "v1", "v1"]);
        site.Journal.Lines[0].ShouldBe("drain site-8001");
        site.Journal.Lines[1..^1].ShouldAllBe(l => l == "launch site-8001");
        site.Journal.Lines[^1].ShouldBe("admit site-8001");
        site.Status.Ready.ShouldBe(3);
    }

    [Fact]
    public async Task The_old_version_that_was_put_back_stays_over_a_crash_until_the_next_roll()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Version = "v2";
        site.Launcher.Script = number => number == 3 ? Broken : new LaunchScript();
        await site.Run("roll");

        var generation = site.Status.Replicas[0].Generation;
        site.Last("site-8001").End(1);
        await site.Until(() => site.Status.Ready == 2 && site.Status.Replicas[0].Generation == generation + 1);
        site.Versions.ShouldBe(["v1", "v1"]);

        (await site.Run("roll")).Succeeded.ShouldBeTrue();
        site.Versions.ShouldBe(["v2", "v2"]);
        site.Status.State.ShouldBe("Running");
        site.Status.Rollout.ShouldBeNull();
    }

    [Fact]
    public async Task A_version_that_breaks_without_another_launch_stays_out_of_traffic()
    {
        await using var site = new RolledSite(2, change: spec => Mode(spec, RestartMode.Never));
        await site.Start();
        site.Launcher.Script = _ => Broken;

        var outcome = await site.Run("roll");

        outcome.Message!.ShouldStartWith("The roll of 'site' froze at 'site-8001'. Replica 'site-8001' did not start: exit code 3. The replicas after it");
        site.Status.Replicas.Select(r => (r.State, r.Traffic, r.Generation)).ShouldBe([("Exited", "Out", 2), ("Running", "In", 1)]);

        site.Launcher.Script = _ => new LaunchScript();
        (await site.Run("start")).Succeeded.ShouldBeTrue();
        site.Status.State.ShouldBe("Running");
        site.Status.Replicas.Select(r => r.Traffic).ShouldBe(["In", "In"]);
    }

    [Fact]
    public async Task One_that_never_answers_freezes_the_roll_at_its_start_deadline()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };

        var outcome = await site.Run("roll");

        outcome.Message!.ShouldContain("Replica 'site-8001' did not get ready: not ready within 60 s: /health answered 503 instead of 200.");
        site.Of("site-8002").Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_only_replica_is_restarted_and_the_outcome_says_that_requests_were_refused()
    {
        await using var site = new RolledSite(1);
        await site.Start();

        (await site.Run("roll")).ShouldBe(CommandOutcome.Done("No other replica served while 'site-8001' restarted: requests were refused meanwhile."));

        site.Journal.Lines.ShouldBe(["launch site-8001"]);
    }

    [Fact]
    public async Task The_only_replica_that_breaks_is_retried_as_its_policy_says_and_nothing_is_frozen()
    {
        await using var site = new RolledSite(1);
        await site.Start();
        site.Launcher.Script = number => number == 2 ? Broken : new LaunchScript();

        (await site.Run("restart")).Succeeded.ShouldBeTrue();

        site.Status.Replicas[0].Generation.ShouldBe(3);
        site.Status.Rollout.ShouldBeNull();
    }

    [Fact]
    public async Task A_second_roll_is_refused_and_told_of_the_first()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        var first = site.Orchestrator.RollAsync(null, "by command", CancellationToken.None);
        await site.Until(() => site.Status.Rollout?.Replica == "site-8002");

        var second = await site.Run("roll");
        var scale = await site.Scale(5);

        second.ShouldBe(CommandOutcome.Busy("'site' is being changed: roll (by command), now at 'site-8002'. Try again when that has ended; 'stack stop site' ends it, and every replica with it."));
        scale.End.ShouldBe(CommandEnd.Busy);
        await site.Drive(first);
        site.Journal.Lines.Count(l => l.StartsWith("launch", StringComparison.Ordinal)).ShouldBe(3);
        (await site.Run("roll")).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_asked_may_stop_waiting_and_the_roll_goes_on()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        using var patience = new CancellationTokenSource();

        var asked = site.Orchestrator.RollAsync(null, "by command", patience.Token);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asked);

        await site.Until(() => site.Status.Rollout is null);
        site.Status.Replicas.Select(r => r.Generation).ShouldBe([2, 2]);
    }

    [Fact]
    public async Task A_replica_that_crashes_during_the_roll_is_waited_for_before_the_last_ready_one_is_taken()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = line =>
        {
            if (line == "admit site-8001")
            {
                site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(10) };
                site.Last("site-8001").End(1);
            }

            return Task.CompletedTask;
        };

        (await site.Run("roll")).Succeeded.ShouldBeTrue();

        site.FewestReady.ShouldBe(1);
        site.Journal.Lines.ShouldBe(["drain site-8001", "launch site-8001", "admit site-8001", "launch site-8001", "drain site-8002", "launch site-8002", "admit site-8002"]);
    }

    [Fact]
    public async Task A_replica_that_crashes_before_its_turn_is_taken_first()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Gate.Answer = line =>
        {
            if (line == "drain site-8001")
            {
                site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(5) };
                site.Last("site-8003").End(1);
            }

            return Task.CompletedTask;
        };

        (await site.Run("roll")).Succeeded.ShouldBeTrue();

        site.Journal.Lines.Where(l => l.StartsWith("admit", StringComparison.Ordinal)).Count().ShouldBe(3);
        site.Status.Ready.ShouldBe(3);
        site.FewestReady.ShouldBe(1);
    }

    [Fact]
    public async Task A_stop_calls_the_roll_off_and_nothing_is_started_after_it()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        var roll = site.Orchestrator.RollAsync(null, "by command", CancellationToken.None);
        await site.Until(() => site.Status.Rollout?.Replica == "site-8002");

        (await site.Run("stop")).Succeeded.ShouldBeTrue();

        (await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(() => site.Drive(roll))).Message.ShouldBe("The roll of 'site' was called off: the resource is being stopped.");
        site.Launcher.Live.ShouldBe(0);
        site.Status.Rollout.ShouldBeNull();
        site.Status.Replicas.ShouldAllBe(r => r.State == "Stopped");
        (await site.Run("start")).Succeeded.ShouldBeTrue();
        site.Status.Replicas.ShouldAllBe(r => r.Traffic == "In");
    }

    [Fact]
    public async Task A_replica_that_is_stopped_during_its_turn_is_left_and_the_roll_goes_on()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(20) };
        var roll = site.Orchestrator.RollAsync(null, "by command", CancellationToken.None);
        await site.Until(() => site.Replica("site-8001").Current is { Generation: 2, Pid: not null });

        await site.Run("stop", "site-8001");
        await site.Drive(roll);

        site.Status.Replicas.Select(r => (r.State, r.Generation)).ShouldBe([("Stopped", 2), ("Running", 2), ("Running", 2)]);
    }

    [Fact]
    public async Task The_end_of_the_stack_ends_a_roll()
    {
        var site = new RolledSite(3);
        await site.Start();
        var roll = site.Orchestrator.RollAsync(null, "by command", CancellationToken.None);
        await site.Until(() => site.Status.Rollout?.Replica == "site-8001");

        await site.DisposeAsync();

        await Should.ThrowAsync<Aspire.Hosting.DistributedApplicationException>(() => roll.Within());
    }

    [Fact]
    public async Task A_gate_that_fails_stops_the_roll_before_anything_is_stopped()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = _ => throw new IOException("no space left.");

        var outcome = await site.Run("roll");

        outcome.Message!.ShouldStartWith("The roll of 'site' froze at 'site-8001'. The gateway could not take 'site-8001' out of traffic: no space left. It was not stopped. ");
        site.Journal.Lines.ShouldBe(["drain site-8001"]);
        site.Status.Ready.ShouldBe(2);
        site.Launcher.Launched.ShouldAllBe(p => p.Signals.Count == 0);

        site.Gate.Answer = _ => Task.CompletedTask;
        (await site.Run("roll")).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_gate_that_hangs_has_a_limit()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = line => line == "drain site-8001" ? Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) : Task.CompletedTask;

        var outcome = await site.Run("roll");

        outcome.Message!.ShouldContain("The gateway could not take 'site-8001' out of traffic: it did not answer within 45 s. It was not stopped.");
        site.Launcher.Launched.ShouldAllBe(p => p.Signals.Count == 0);
    }

    [Fact]
    public async Task A_gate_that_does_not_let_in_freezes_the_roll()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = line => line.StartsWith("admit", StringComparison.Ordinal) ? throw new IOException("the flag can't be removed.") : Task.CompletedTask;

        (await site.Run("roll")).Message!.ShouldContain("froze at 'site-8001'. The gateway could not let requests reach 'site-8001' again: the flag can't be removed.");

        site.Status.Replicas.Select(r => (r.Traffic, r.Generation)).ShouldBe([("Out", 2), ("In", 1)]);
    }

    [Fact]
    public async Task A_drain_that_reaches_its_limit_goes_on_with_a_warning()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Drains = false;

        (await site.Run("roll")).Succeeded.ShouldBeTrue();

        site.Logger.Entries.Count(e => e.Level == LogLevel.Warning && e.Id == 3134).ShouldBe(2);
    }

    [Fact]
    public async Task A_replica_that_is_stopped_leaves_traffic_first_where_another_serves_on()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        (await site.Run("stop", "site-8001")).Succeeded.ShouldBeTrue();
        site.Journal.Lines.ShouldBe(["drain site-8001"]);
        (await site.Run("stop", "site-8002")).Succeeded.ShouldBeTrue();
        site.Journal.Lines.ShouldBe(["drain site-8001"]);
        (await site.Run("start", "site-8001")).Succeeded.ShouldBeTrue();

        site.Journal.Lines.ShouldBe(["drain site-8001", "launch site-8001", "admit site-8001"]);
    }

    [Fact]
    public async Task Commands_in_the_reached_state_succeed_and_change_nothing()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        (await site.Run("start")).ShouldBe(CommandOutcome.Done());
        (await site.Run("start", "site-8001")).ShouldBe(CommandOutcome.Done());
        (await site.Scale(2)).ShouldBe(CommandOutcome.Done());
        site.Journal.Lines.ShouldBeEmpty();
        site.Status.Replicas.ShouldAllBe(r => r.Generation == 1);

        await site.Run("stop");
        site.Journal.Clear();
        (await site.Run("stop")).ShouldBe(CommandOutcome.Done());
        (await site.Run("stop", "site-8001")).ShouldBe(CommandOutcome.Done());
        (await site.Run("roll")).ShouldBe(CommandOutcome.Done());
        site.Journal.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_of_what_was_stopped_starts_it()
    {
        await using var site = new RolledSite(2);

        (await site.Run("restart")).Succeeded.ShouldBeTrue();

        site.Status.Ready.ShouldBe(2);
    }

    private static InstanceSpec Mode(InstanceSpec spec, RestartMode mode) => spec with { Restart = spec.Restart with { Mode = mode } };
}
