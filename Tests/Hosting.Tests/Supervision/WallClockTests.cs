using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>An administrator who sets the clock changes nothing, in whatever state that waits for a time.</summary>
public class WallClockTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_wait_for_readiness_has_its_length(int hours)
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };
        await site.Start();

        await AdvanceWithJump(site, 59.9, hours);
        site.State.ShouldBe(InstanceState.Starting);
        site.Gate.Held.ShouldBe(0); // its start slot, after ten seconds

        await site.Advance(seconds: 0.2);
        site.Launcher.Launched[0].Signals.ShouldBe([15]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_probes_of_a_running_replica_come_at_their_times(int hours)
    {
        await using var site = new Supervised(s => s with { Liveness = new LivenessSpec { Declared = new ProbeSpec(new Uri("http://127.0.0.1:8001/alive")) } });
        await site.Run();
        site.Prober.Answer = ScriptedProber.Failure;

        await AdvanceWithJump(site, 14.9, hours);
        site.Current.Health.ShouldBe(InstanceHealth.Ready);
        await site.Advance(seconds: 0.2);
        site.Current.Health.ShouldBe(InstanceHealth.NotReady);

        await AdvanceWithJump(site, 14.8, hours);
        site.State.ShouldBe(InstanceState.Running);
        await site.Advance(seconds: 0.2);
        site.Launcher.Launched[0].Signals.ShouldBe([15]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_minute_of_readiness_is_a_minute(int hours)
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => n == 1 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(seconds: 1.6);
        site.State.ShouldBe(InstanceState.Running);

        await AdvanceWithJump(site, 59, hours);
        site.Current.Failures.ShouldBe(1);

        await site.Advance(seconds: 1);
        site.Current.Failures.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_grace_of_a_stop_has_its_length(int hours)
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { IgnoresStop = true };
        await site.Run();
        await site.Stop();

        await AdvanceWithJump(site, 4.9, hours);
        site.State.ShouldBe(InstanceState.Stopping);

        await site.Advance(seconds: 0.2);
        site.State.ShouldBe(InstanceState.Stopped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task The_pause_before_the_next_attempt_has_its_length(int hours)
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) };
        await site.Start();
        await site.Advance(seconds: 1.1);
        site.State.ShouldBe(InstanceState.Backoff);

        await AdvanceWithJump(site, 0.8, hours);
        site.Launcher.Attempts.ShouldBe(2);

        await site.Advance(seconds: 0.5);
        site.Launcher.Attempts.ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_replica_that_was_given_up_gets_its_chance_in_time(int hours)
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 1 } });
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) };
        await site.Start();
        await site.Advance(seconds: 1);
        site.State.ShouldBe(InstanceState.Fatal);

        await AdvanceWithJump(site, 299, hours);
        site.Launcher.Attempts.ShouldBe(1);

        await site.Advance(seconds: 77); // a quarter more at random
        site.Launcher.Attempts.ShouldBe(2);
    }

    private static async Task AdvanceWithJump(Supervised site, double seconds, int hours)
    {
        await site.Advance(seconds / 2);
        site.Time.ShiftWallClock(TimeSpan.FromHours(hours));
        await site.Advance(seconds / 2);
    }
}
