using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>A supervisor that goes on with what an earlier one left, and one that leaves its process to the next.</summary>
public sealed class TakenOverTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Process_that_was_running_runs_on_and_is_ready_with_the_first_answer()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript(), Supervised.Request(3));

        await site.Supervisor.AdoptAsync(Left(site, process), process);
        await site.Idle();

        site.Current.ShouldSatisfyAllConditions(
            c => c.State.ShouldBe(InstanceState.Running),
            c => c.Health.ShouldBe(InstanceHealth.Ready),
            c => c.Adopted.ShouldBeTrue(),
            c => c.Pid.ShouldBe(process.Pid),
            c => c.Generation.ShouldBe(3),
            c => c.Restarts.ShouldBe(2),
            c => c.Failures.ShouldBe(1),
            c => c.StartedAt.ShouldBe(site.Time.GetUtcNow().AddMinutes(-5)));
        site.Launcher.Attempts.ShouldBe(0);
        process.Signals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Its_end_is_followed_by_a_new_launch_of_the_next_generation()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript(), Supervised.Request(3));
        await site.Supervisor.AdoptAsync(Left(site, process) with { ConsecutiveFailures = 0, RecentFailures = [] }, process);
        await site.Idle();

        process.End(1);
        await site.Idle();
        await site.Advance(site.Spec.StartSecs);

        site.Current.ShouldSatisfyAllConditions(
            c => c.State.ShouldBe(InstanceState.Running), c => c.Generation.ShouldBe(4), c => c.Restarts.ShouldBe(3), c => c.Adopted.ShouldBeFalse(), c => c.LastExit.ShouldBe("exit code 1"));
    }

    [Fact]
    public async Task Process_that_was_starting_has_to_get_ready_as_any_other()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript { ReadyAfter = null }, Supervised.Request(3));

        await site.Supervisor.AdoptAsync(Left(site, process) with { State = "Starting" }, process);
        await site.Idle();
        site.State.ShouldBe(InstanceState.Starting);
        await site.Advance(site.Spec.StartDeadline);

        process.Signals.ShouldBe([15]);
        site.Current.LastExit.ShouldBe("exit code 0");
    }

    [Fact]
    public async Task Process_that_a_command_had_begun_to_stop_is_stopped_to_the_end()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript(), Supervised.Request(3));

        await site.Supervisor.AdoptAsync(Left(site, process) with { Wanted = false, State = "Stopping" }, process);
        await site.Advance(1);

        process.Signals.ShouldBe([15]);
        site.State.ShouldBe(InstanceState.Stopped);
        site.Current.Wanted.ShouldBeFalse();
        Kept().ShouldHaveSingleItem().Wanted.ShouldBeFalse();
    }

    [Fact]
    public async Task Process_that_has_ended_meanwhile_is_launched_by_the_next_start_as_the_next_generation()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript(), Supervised.Request(3));
        process.End(1);

        await site.Supervisor.AdoptAsync(Left(site, process), null);
        site.State.ShouldBe(InstanceState.Stopped);
        await site.Run();

        site.Current.Generation.ShouldBe(4);
        site.Current.Restarts.ShouldBe(3);
    }

    [Theory]
    [InlineData("a", false)]
    [InlineData("b", true)]
    public async Task Process_that_reads_its_files_again_is_told_when_they_have_changed(string version, bool told)
    {
        await using var site = new Supervised(s => Recorded(s) with { ReloadSignal = 1, ContentVersion = version });
        var process = site.Launcher.Leave("site-8001", new LaunchScript { IgnoresStop = true }, Supervised.Request(3));

        await site.Supervisor.AdoptAsync(Left(site, process) with { ContentVersion = "a" }, process);
        await site.Idle();

        process.Signals.ShouldBe(told ? [1] : []);
    }

    [Fact]
    public async Task Clock_that_was_set_back_puts_nothing_into_the_future()
    {
        await using var site = new Supervised(Recorded);
        var process = site.Launcher.Leave("site-8001", new LaunchScript { ExitsAfter = TimeSpan.FromSeconds(1) }, Supervised.Request(3));
        var later = site.Time.GetUtcNow().AddHours(1);

        await site.Supervisor.AdoptAsync(Left(site, process) with { StartedAt = later, RecentFailures = [later] }, process);
        await site.Advance(30);

        site.State.ShouldBe(InstanceState.Running);
        site.Current.Generation.ShouldBe(4);
    }

    [Fact]
    public async Task Process_that_is_left_gets_no_signal_and_its_end_starts_nothing()
    {
        await using var site = new Supervised(Recorded);
        await site.Run();
        var process = site.Launcher.Last;

        await site.Supervisor.LeaveAsync();
        process.Signals.ShouldBeEmpty();
        process.End(1);

        site.Launcher.Attempts.ShouldBe(1);
        Kept().ShouldHaveSingleItem().Process.ShouldBe(process.Identity);
    }

    [Fact]
    public async Task What_is_announced_is_already_written_down()
    {
        List<(int? Announced, int? Written)> seen = [];
        await using var site = new Supervised(Recorded);
        site.Log.Added = s => seen.Add((s.Pid, Kept().SingleOrDefault()?.Process?.Pid));

        await site.Run();
        await site.Stop();

        seen.ShouldAllBe(s => s.Announced == s.Written);
        seen.ShouldContain(s => s.Announced != null);
    }

    [Fact]
    public async Task Launch_is_written_down_before_it_happens()
    {
        var held = new TaskCompletionSource();
        await using var site = new Supervised(Recorded);
        site.Launcher.Script = _ => new LaunchScript { Held = held.Task };

        await site.Start();

        var intent = Kept().ShouldHaveSingleItem();
        intent.ShouldSatisfyAllConditions(r => r.State.ShouldBe(InstanceRecord.Starting), r => r.Generation.ShouldBe(1), r => r.Process.ShouldBeNull(), r => r.Wanted.ShouldBeTrue());
        held.SetResult();
        await site.Idle();
    }

    [Fact]
    public async Task Stop_with_the_stack_leaves_no_record_and_a_stop_by_command_one_that_says_so()
    {
        await using (var site = new Supervised(Recorded))
        {
            await site.Run();
            await site.Stop();
            Kept().ShouldHaveSingleItem().Wanted.ShouldBeFalse();
            await site.Run();
        }

        Kept().ShouldBeEmpty();
    }

    [Fact]
    public void Process_of_another_boot_is_none()
    {
        var record = new InstanceRecord
        {
            Name = "site-8001", Resource = "site", Generation = 1, State = "Running", Wanted = true,
            Process = new ProcessIdentity(Environment.ProcessId, ProcessTable.Find(Environment.ProcessId)!.Value.StartTicks, "another"),
        };

        var (process, _, why) = Recognition.Find(record, _folder.Path);

        process.ShouldBeNull();
        why.ShouldBe("the machine was started anew");
    }

    private InstanceSpec Recorded(InstanceSpec spec) => spec with { Resource = "site", Records = InstanceRecordStore.Open(_folder.Path), Restart = spec.Restart with { Mode = RestartMode.Always } };

    private IReadOnlyList<InstanceRecord> Kept() => InstanceRecordStore.Open(_folder.Path).ReadAll((file, why) => throw new InvalidDataException($"{file}: {why}"));

    private static InstanceRecord Left(Supervised site, ScriptedProcess process) => new()
    {
        Name = "site-8001",
        Resource = "site",
        Generation = 3,
        State = "Running",
        Wanted = true,
        Process = process.Identity,
        StartedAt = site.Time.GetUtcNow().AddMinutes(-5),
        Restarts = 2,
        ConsecutiveFailures = 1,
        RecentFailures = [site.Time.GetUtcNow().AddMinutes(-6)],
    };
}
