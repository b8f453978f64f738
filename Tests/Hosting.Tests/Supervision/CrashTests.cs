using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>What follows when a process ends by itself, or does not begin.</summary>
public class CrashTests
{
    private const int GaveUp = 2112;

    [Fact]
    public async Task Crash_of_a_running_replica_is_followed_by_a_start_at_once()
    {
        await using var site = new Supervised();
        await site.Run();

        await site.End(code: 3);

        site.State.ShouldBe(InstanceState.Starting);
        site.Current.Restarts.ShouldBe(1);
        site.Current.Generation.ShouldBe(2);
        site.Current.LastExit.ShouldBe("exit code 3");
        site.Current.ExitCode.ShouldBe(3);
        site.Gate.Entries.ShouldBe([false, true]);
        site.Log.Moves.ShouldBe([
            InstanceState.Waiting, InstanceState.Starting, InstanceState.Running, InstanceState.Backoff, InstanceState.Waiting, InstanceState.Starting,
        ]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Exit_before_its_start_time_is_a_failure_whatever_the_code(int code)
    {
        await using var site = new Supervised(s => Supervised.Mode(s, RestartMode.OnFailure));
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5), Exit = new ExitFacts(ExitKind.Code, code) };
        await site.Start();

        await site.Advance(seconds: 1.1); // ends, is started at once, ends again

        site.State.ShouldBe(InstanceState.Backoff);
        site.Current.Failures.ShouldBe(2);
        site.Current.NextAttemptAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Exit_before_its_start_time_is_final_without_restarts()
    {
        await using var site = new Supervised(s => Supervised.Mode(s, RestartMode.Never));
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5), Exit = new ExitFacts(ExitKind.Code, 0) };
        var start = site.Supervisor.StartAsync(CancellationToken.None);

        await site.Advance(seconds: 1);

        site.State.ShouldBe(InstanceState.Exited);
        site.Current.ExitCode.ShouldBe(0);
        (await Should.ThrowAsync<DistributedApplicationException>(start.Within())).Message.ShouldBe("Replica 'site-8001' did not start: exit code 0.");
    }

    [Fact]
    public async Task Replica_that_keeps_dying_just_after_its_start_time_is_given_up()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(1.1) };
        await site.Start();

        await site.Advance(TimeSpan.FromMinutes(6));

        site.State.ShouldBe(InstanceState.Fatal);
        site.Launcher.Attempts.ShouldBe(10);
        site.Current.Reason.ShouldBe("exit code 1 (10 failures in a row)");
        site.Current.WasReady.ShouldBeTrue();
        site.Logged(LogLevel.Error, GaveUp).ShouldBe(1);
    }

    [Fact]
    public async Task Replica_that_dies_after_55_seconds_of_readiness_each_time_is_given_up_by_failures_in_a_row()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(56) };
        await site.Start();

        await site.Advance(TimeSpan.FromMinutes(14));

        site.State.ShouldBe(InstanceState.Fatal);
        site.Launcher.Attempts.ShouldBe(10);
    }

    [Fact]
    public async Task Replica_that_never_gets_ready_is_given_up_by_failures_in_a_row()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = null };
        await site.Start();

        await site.Advance(TimeSpan.FromMinutes(15));

        site.State.ShouldBe(InstanceState.Fatal);
        site.Launcher.Attempts.ShouldBe(10);
        site.Current.Reason.ShouldBe("not ready within 60 s: /health answered 503 instead of 200 (10 failures in a row)");
        site.Current.WasReady.ShouldBeFalse();
    }

    [Fact]
    public async Task Replica_that_crashes_each_two_minutes_is_restarted_at_once_for_ever()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromMinutes(2) };
        await site.Start();

        await site.Advance(TimeSpan.FromMinutes(60.5));

        site.State.ShouldBe(InstanceState.Running);
        site.Current.Restarts.ShouldBe(30);
        site.Log.All.ShouldNotContain(s => s.State == InstanceState.Backoff && s.Failures > 1);
    }

    [Fact]
    public async Task A_minute_of_readiness_resets_the_failures_in_a_row()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => n <= 3 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(seconds: 10);
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Failures.ShouldBe(3);

        await site.Advance(seconds: 61);

        site.Current.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_launch_that_may_succeed_later_is_tried_again()
    {
        await using var site = new Supervised();
        site.Launcher.Script = n => n <= 2 ? new LaunchScript { Fails = new LaunchException("too many open files", 24, isPermanent: false) } : new LaunchScript();
        await site.Start();
        site.State.ShouldBe(InstanceState.Backoff);
        site.Current.Reason.ShouldBe("too many open files");

        await site.Advance(seconds: 3);

        site.State.ShouldBe(InstanceState.Running);
        site.Launcher.Attempts.ShouldBe(3);
    }

    [Fact]
    public async Task A_launch_that_can_not_succeed_is_given_up_at_once_with_its_reason()
    {
        await using var site = new Supervised();
        site.Launcher.Script = _ => new LaunchScript { Fails = new LaunchException("The program '/bin/site' does not exist.", 2, isPermanent: true) };

        var start = site.Supervisor.StartAsync(CancellationToken.None);

        (await Should.ThrowAsync<DistributedApplicationException>(start.Within())).Message
            .ShouldBe("Replica 'site-8001' did not start: The program '/bin/site' does not exist.");
        site.State.ShouldBe(InstanceState.Fatal);
        site.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_dependency_is_given_up_with_its_message_and_nothing_is_launched()
    {
        await using var site = new Supervised();
        site.Gate.Fails = new DistributedApplicationException("Resource 'site' waits for 'db', which failed.");

        await site.Start();

        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.Reason.ShouldBe("Resource 'site' waits for 'db', which failed.");
        site.Launcher.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_fault_in_preparing_a_launch_is_given_up_with_its_message()
    {
        await using var site = new Supervised(s => s with { CreateLaunch = (_, _) => throw new InvalidOperationException("no such endpoint") });

        await site.Start();

        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.Reason.ShouldBe("no such endpoint");
    }

    [Fact]
    public async Task Given_up_replica_gets_a_chance_every_five_minutes_and_one_alert()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 1 } });
        site.Launcher.Script = n => n <= 3 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(seconds: 1);
        site.State.ShouldBe(InstanceState.Fatal);
        var chance = site.Current.NextAttemptAt.ShouldNotBeNull();

        await site.Advance(TimeSpan.FromMinutes(25));

        site.State.ShouldBe(InstanceState.Running);
        site.Launcher.Attempts.ShouldBe(4);
        site.Current.Failures.ShouldBe(0);
        site.Logged(LogLevel.Error, GaveUp).ShouldBe(1);
        site.Alerts.ShouldHaveSingleItem().ShouldBe($"Replica 'site-8001' was given up: exit code 1 (1 failure in a row). Next attempt at {chance:u}.");
    }

    [Fact]
    public async Task Without_later_attempts_a_given_up_replica_stays_so_until_it_is_started_by_hand()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 1, ProbationInterval = null } });
        site.Launcher.Script = n => n == 1 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(TimeSpan.FromHours(24));
        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.NextAttemptAt.ShouldBeNull();
        site.Launcher.Attempts.ShouldBe(1);
        site.Alerts.ShouldHaveSingleItem().ShouldBe("Replica 'site-8001' was given up: exit code 1 (1 failure in a row).");

        await site.Run();

        site.Current.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_chance_that_is_well_for_a_minute_clears_the_history_and_one_that_is_not_goes_back_uncounted()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 2, ProbationInterval = TimeSpan.FromMinutes(1) } });
        site.Launcher.Script = n => n switch
        {
            <= 2 => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) },
            3 => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(50) }, // on probation, and not well for long enough
            4 => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(70) },
            _ => new LaunchScript(),
        };
        await site.Start();
        await site.Log.Until(s => s.Generation == 1);
        await site.Advance(seconds: 3);
        site.State.ShouldBe(InstanceState.Fatal);

        await site.Advance(seconds: 75 + 51);
        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.Failures.ShouldBe(2);
        site.Current.Reason.ShouldBe("exit code 1 (it failed on probation)");

        await site.Advance(seconds: 75 + 71);
        site.Launcher.Attempts.ShouldBe(5);
        site.Current.Failures.ShouldBeLessThanOrEqualTo(1);
        site.Log.All.ShouldContain(s => s.Generation == 4 && s.Failures == 0);
        site.Alerts.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_replica_whose_dependency_failed_waits_for_it_again_at_its_next_chance()
    {
        await using var site = new Supervised();
        site.Gate.Fails = new DistributedApplicationException("Resource 'site' waits for 'db', which failed.");
        await site.Start();
        site.State.ShouldBe(InstanceState.Fatal);
        site.Gate.Fails = null;
        site.Gate.Close();

        await site.Advance(TimeSpan.FromMinutes(7));
        site.State.ShouldBe(InstanceState.Waiting);
        site.Current.Reason.ShouldBe("waiting for 'db'");
        site.Gate.Entries.ShouldBe([false, false]);
        site.Gate.Open();
        await site.Advance(seconds: 2);

        site.State.ShouldBe(InstanceState.Running);
    }

    [Fact]
    public async Task Each_move_is_published_once_and_in_order()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 2 } });
        site.Launcher.Script = n => n is 2 or 3 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript { StopTakes = TimeSpan.FromSeconds(1) };
        await site.Run();
        await site.Restart();
        await site.Advance(seconds: 4);
        await site.Run();
        await site.Stop();
        await site.Advance(seconds: 1);

        site.Log.All.Zip(site.Log.All.Skip(1)).ShouldAllBe(s => s.First != s.Second);
        site.Log.Moves.ShouldBe([
            InstanceState.Waiting, InstanceState.Starting, InstanceState.Running, InstanceState.Stopping,
            InstanceState.Waiting, InstanceState.Starting, InstanceState.Backoff,
            InstanceState.Waiting, InstanceState.Starting, InstanceState.Fatal,
            InstanceState.Waiting, InstanceState.Starting, InstanceState.Running, InstanceState.Stopping, InstanceState.Stopped,
        ]);
    }

    [Fact]
    public async Task Stop_ends_the_chances_of_a_given_up_replica()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 1 } });
        site.Launcher.Script = _ => new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) };
        await site.Start();
        await site.Advance(seconds: 1);

        await site.Supervisor.StopAsync(CancellationToken.None).Within();
        await site.Advance(TimeSpan.FromHours(1));

        site.State.ShouldBe(InstanceState.Fatal);
        site.Current.Wanted.ShouldBeFalse();
        site.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Start_by_hand_clears_the_failures()
    {
        await using var site = new Supervised(s => s with { Restart = s.Restart with { FailureBudget = 2 } });
        site.Launcher.Script = n => n <= 2 ? new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(0.5) } : new LaunchScript();
        await site.Start();
        await site.Advance(seconds: 2);
        site.State.ShouldBe(InstanceState.Fatal);

        await site.Run();

        site.Current.Failures.ShouldBe(0);
        site.Current.Reason.ShouldBeNull();
    }

    [Fact]
    public async Task Kill_from_outside_is_named_so()
    {
        await using var site = new Supervised(s => Supervised.Mode(s, RestartMode.Never));
        await site.Run();

        site.Launcher.Last.End(new ExitFacts(ExitKind.Signal, 9));
        await site.Idle();

        site.Current.LastExit.ShouldBe("killed from outside (signal 9)");
        site.Current.ExitCode.ShouldBe(137);
    }
}
