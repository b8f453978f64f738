using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>A replica that has hung is stopped and started again.</summary>
public class LivenessTests
{
    private const int Hung = 2120;

    private static readonly ProbeSpec Alive = new(new Uri("http://127.0.0.1:8001/alive")) { Timeout = TimeSpan.FromSeconds(3) };
    private static readonly ProbeSpec Connect = new(new Uri("tcp://127.0.0.1:8001"));

    [Fact]
    public async Task Three_misses_in_a_row_end_in_a_stop_that_counts_as_a_failure()
    {
        await using var site = With(new LivenessSpec { Declared = Alive });
        site.Launcher.Script = n => new LaunchScript { StopTakes = TimeSpan.FromSeconds(n == 1 ? 2 : 0) };
        await site.Run();

        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 25);
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Health.ShouldBe(InstanceHealth.NotReady);

        await site.Advance(seconds: 5);
        site.State.ShouldBe(InstanceState.Stopping);
        site.Current.Health.ShouldBe(InstanceHealth.Dead);
        site.Current.Reason.ShouldBe("not alive: /alive answered 503 instead of 200");
        site.Launcher.Last.Signals.ShouldBe([15]);
        site.Logged(LogLevel.Error, Hung).ShouldBe(1);
        site.Alerts.ShouldHaveSingleItem().ShouldBe($"Replica 'site-8001' has hung (process {site.Current.Pid}): /alive answered 503 instead of 200. It is stopped and started again.");

        site.Prober.Answer = null;
        await site.Advance(seconds: 3);
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Health.ShouldBe(InstanceHealth.Ready);
        site.Current.Generation.ShouldBe(2);
        site.Current.Failures.ShouldBe(1);
        site.Current.Restarts.ShouldBe(1);
    }

    [Fact]
    public async Task One_good_answer_between_misses_begins_anew()
    {
        await using var site = With(new LivenessSpec { Declared = Alive });
        await site.Run();

        for (var round = 0; round < 4; round++)
        {
            site.Prober.Answer = ScriptedProber.Failure;
            await site.Advance(seconds: 20);
            site.Prober.Answer = null;
            await site.Advance(seconds: 10);
        }

        site.Current.Generation.ShouldBe(1);
        site.Launcher.Last.Signals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_liveness_as_in_development_a_hung_replica_is_left_alone()
    {
        await using var site = new Supervised();
        await site.Run();

        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(TimeSpan.FromMinutes(10));

        site.State.ShouldBe(InstanceState.Running);
        site.Current.Health.ShouldBe(InstanceHealth.NotReady);
        site.Launcher.Last.Signals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Misses_while_a_debugger_is_about_do_not_count()
    {
        var debugged = true;
        await using var site = With(new LivenessSpec { Declared = Alive, IsSuspended = () => debugged });
        await site.Run();
        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(TimeSpan.FromMinutes(5));
        site.State.ShouldBe(InstanceState.Running);

        debugged = false;
        await site.Advance(seconds: 20);
        site.State.ShouldBe(InstanceState.Running);
        await site.Advance(seconds: 11);

        site.Launcher.Launched[0].Signals.ShouldBe([15]);
    }

    [Fact]
    public async Task What_it_never_answered_can_not_be_missed()
    {
        await using var site = With(new LivenessSpec { Guesses = [Alive, Connect] });
        await site.Run();

        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(TimeSpan.FromMinutes(10));

        site.State.ShouldBe(InstanceState.Running);
        site.Launcher.Last.Signals.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_thing_that_it_answers_is_its_check_from_then_on()
    {
        await using var site = With(new LivenessSpec { Guesses = [Alive, Connect] });
        await site.Run();
        site.Prober.AnswerTo = probe => probe == Alive ? ScriptedProber.Failure : null; // 404, as a site without ServiceDefaults
        await site.Advance(seconds: 11);

        site.Prober.AnswerTo = probe => probe == Connect ? new ProbeResult(false, "refused the connection") : null;
        await site.Advance(seconds: 30);

        site.Current.Generation.ShouldBe(2);
        site.Log.All.ShouldContain(s => s.State == InstanceState.Stopping && s.Reason == "not alive: port 8001 refused the connection");
    }

    [Fact]
    public async Task A_process_that_was_left_by_an_earlier_AppHost_is_watched_too()
    {
        await using var site = With(new LivenessSpec { Declared = Alive });
        var process = new ScriptedProcess(4_999_999, new LaunchScript(), site.Time, Supervised.Request(1));
        var record = new InstanceRecord { Name = "site-8001", Resource = "site", Generation = 1, State = "Running", Wanted = true, StartedAt = site.Time.GetUtcNow() };
        await site.Supervisor.AdoptAsync(record, process).Within();
        site.Prober.Answer = ScriptedProber.Failure;

        await site.Advance(seconds: 31);

        process.Signals.ShouldBe([15]);
        site.Log.All.ShouldContain(s => s.Reason == "not alive: /alive answered 503 instead of 200");
    }

    [Fact]
    public async Task Dump_is_written_before_the_stop_and_named()
    {
        var written = new TaskCompletionSource<string>();
        (int Pid, int Generation)? asked = null;
        await using var site = With(new LivenessSpec
        {
            Declared = Alive,
            Dump = (pid, generation, _) =>
            {
                asked = (pid, generation);
                return written.Task;
            },
        });
        await site.Run();
        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 31);
        asked.ShouldBe((site.Launcher.Last.Pid, 1));
        site.State.ShouldBe(InstanceState.Running);
        site.Current.Health.ShouldBe(InstanceHealth.Dead);
        site.Launcher.Last.Signals.ShouldBeEmpty();
        await site.Advance(TimeSpan.FromMinutes(1)); // probes that answer meanwhile change nothing
        site.Current.Health.ShouldBe(InstanceHealth.Dead);

        written.SetResult("dump in /dumps/site-8001-1.dmp");
        await site.Log.Until(s => s.State == InstanceState.Stopping);

        site.Log.All.ShouldContain(s => s.Reason == "not alive: /alive answered 503 instead of 200; dump in /dumps/site-8001-1.dmp");
        site.Launcher.Launched[0].Signals.ShouldBe([15]);
    }

    [Fact]
    public async Task Dump_that_fails_does_not_keep_it_from_being_stopped()
    {
        await using var site = With(new LivenessSpec { Declared = Alive, Dump = (_, _, _) => throw new IOException("disk full") });
        await site.Run();
        site.Prober.Answer = ScriptedProber.Failure;

        await site.Advance(seconds: 31);

        site.Launcher.Launched[0].Signals.ShouldBe([15]);
        site.Log.All.ShouldContain(s => s.Reason == "not alive: /alive answered 503 instead of 200; no dump: disk full");
    }

    [Fact]
    public async Task Stop_while_a_dump_is_written_goes_before_it()
    {
        var written = new TaskCompletionSource<string>();
        await using var site = With(new LivenessSpec { Declared = Alive, Dump = (_, _, _) => written.Task });
        await site.Run();
        site.Prober.Answer = ScriptedProber.Failure;
        await site.Advance(seconds: 31);

        await site.Supervisor.StopAsync(CancellationToken.None).Within();

        site.State.ShouldBe(InstanceState.Stopped);
        written.SetResult("dump in /dumps/1.dmp");
        await site.Idle();
        site.State.ShouldBe(InstanceState.Stopped);
    }

    private static Supervised With(LivenessSpec liveness) => new(s => s with { Liveness = liveness });
}
