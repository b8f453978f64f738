using Stack.Hosting.Observation;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>When a replica counts as started, as ready, and as not ready any more.</summary>
public class ReadinessTests
{
    [Fact]
    public async Task Without_a_check_it_is_ready_after_its_start_time()
    {
        await using var site = new Supervised(Supervised.WithoutCheck);
        await site.Start();

        await site.Advance(seconds: 0.9);
        site.State.ShouldBe(InstanceState.Starting);

        await site.Advance(seconds: 0.2);
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Health.ShouldBe(InstanceHealth.Ready);
        site.Prober.Probes.ShouldBe(0);
    }

    [Fact]
    public async Task With_a_check_it_is_ready_within_a_quarter_second_of_its_first_good_answer()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(2.9) };
        await site.Start();

        await site.Advance(seconds: 2.9);
        site.State.ShouldBe(InstanceState.Starting);
        site.Current.Reason.ShouldBe("/health answered 503 instead of 200");

        await site.Advance(seconds: 0.25);
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Reason.ShouldBeNull();
    }

    [Fact]
    public async Task A_program_that_is_quick_is_found_ready_quickly_and_one_that_is_not_is_asked_four_times_a_second()
    {
        await using var quick = new Supervised(s => s with { StartSecs = TimeSpan.Zero });
        quick.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromMilliseconds(3) };
        await quick.Start();
        await quick.Advance(TimeSpan.FromMilliseconds(5));
        quick.State.ShouldBe(InstanceState.Running);

        await using var slow = new Supervised();
        slow.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };
        await slow.Start();
        await slow.Advance(seconds: 5);
        var probes = slow.Prober.Probes;
        await slow.Advance(seconds: 5);
        (slow.Prober.Probes - probes).ShouldBe(20);
    }

    [Fact]
    public async Task Start_slot_is_given_back_at_once_where_no_check_tells_when_the_start_is_over()
    {
        await using var site = new Supervised(Supervised.WithoutCheck);

        await site.Start();

        site.State.ShouldBe(InstanceState.Starting);
        site.Gate.Held.ShouldBe(0);
    }

    [Fact]
    public async Task A_good_answer_gives_the_start_slot_back_but_counts_only_after_the_start_time()
    {
        await using var site = new Supervised();

        await site.Start();
        site.Gate.Held.ShouldBe(0);
        site.State.ShouldBe(InstanceState.Starting);

        await site.Advance(seconds: 1);
        site.State.ShouldBe(InstanceState.Running);
    }

    [Fact]
    public async Task Start_slot_is_given_back_after_ten_seconds()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };
        await site.Start();

        await site.Advance(seconds: 9.9);
        site.Gate.Held.ShouldBe(1);

        await site.Advance(seconds: 0.2);
        site.Gate.Held.ShouldBe(0);
        site.State.ShouldBe(InstanceState.Starting);
    }

    [Fact]
    public async Task Start_slot_is_given_back_at_exit()
    {
        await using var site = new Supervised(s => Supervised.Mode(s, Stack.Hosting.ApplicationModel.RestartMode.Never));
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };
        await site.Start();
        site.Gate.Held.ShouldBe(1);

        await site.End(code: 1);

        site.Gate.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Replica_that_is_not_ready_in_time_is_stopped_in_order_and_counts_as_failed()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => n == 1 ? new LaunchScript { ReadyAfter = null, StopTakes = TimeSpan.FromSeconds(2) } : new LaunchScript();
        await site.Start();

        await site.Advance(seconds: 60);
        site.State.ShouldBe(InstanceState.Stopping);
        site.Launcher.Last.Signals.ShouldBe([15]);

        await site.Advance(seconds: 2);
        site.State.ShouldBe(InstanceState.Starting);
        site.Current.Failures.ShouldBe(1);
        site.Current.Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task Two_misses_change_nothing_and_the_third_makes_it_not_ready()
    {
        await using var site = new Supervised();
        await site.Run();

        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 10);
        site.Prober.Answer = null;
        await site.Advance(seconds: 5);
        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 10);
        site.Current.Health.ShouldBe(InstanceHealth.Ready);

        await site.Advance(seconds: 5);
        site.Current.Health.ShouldBe(InstanceHealth.NotReady);
        site.Current.Reason.ShouldBe("/health answered 503 instead of 200");
        site.State.ShouldBe(InstanceState.Running);
        site.Launcher.Last.Signals.ShouldBeEmpty();

        site.Prober.Answer = null;
        await site.Advance(seconds: 5);
        site.Current.Health.ShouldBe(InstanceHealth.Ready);
        site.Current.Reason.ShouldBeNull();
        site.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_of_a_process_that_is_not_its_own_does_not_count()
    {
        await using var site = new Supervised(s => s with { Port = FreePort.Next() });
        site.Launcher.Script = _ => new LaunchScript { OwnsPort = false };
        await site.Start();

        await site.Advance(seconds: 5);

        site.State.ShouldBe(InstanceState.Starting);
        site.Current.Reason.ShouldBe($"/health is not its own: another process than the replica listens on port {site.Spec.Port}");
    }

    [Fact]
    public async Task Probe_of_an_earlier_process_is_ignored()
    {
        await using var site = new Supervised();
        var late = new TaskCompletionSource();
        site.Prober.Held = late.Task;
        await site.Start();

        // Before the end: the next process is launched and probed at once.
        site.Prober.Held = null;
        site.Prober.Answer = ScriptedProber.Failure;
        await site.End(code: 1);
        await site.Advance(seconds: 2);
        site.Current.Generation.ShouldBe(2);

        site.Prober.Answer = ScriptedProber.Success;
        late.SetResult();
        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 2);

        site.State.ShouldBe(InstanceState.Starting);
    }

    [Fact]
    public async Task Start_deadline_of_an_earlier_process_is_ignored()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => new LaunchScript { ReadyAfter = null, ExitsAfter = n == 1 ? TimeSpan.FromSeconds(59) : null };
        await site.Start();

        await site.Advance(seconds: 70);

        site.Current.Generation.ShouldBe(2);
        site.State.ShouldBe(InstanceState.Starting);
    }
}
