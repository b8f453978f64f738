using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>What signals do to a whole AppHost with real processes.</summary>
[Trait("kind", "process")]
public class StopSignalsTests
{
    private const int Hup = 1;
    private const int Int = 2;
    private const int Term = 15;

    // Says when it runs and when it was asked to stop, and then takes its time, or never ends.
    private const string Stubborn = "trap 'echo asked >> $NOTES' TERM; echo up >> $NOTES; while :; do sleep 0.1; done";
    private const string Slow = "trap 'echo asked >> $NOTES; sleep 1; echo done >> $NOTES; exit 0' TERM; echo up >> $NOTES; while :; do sleep 0.1; done";

    [Theory]
    [InlineData(Int)]
    [InlineData(Term)]
    public async Task First_signal_stops_in_order(int signal)
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", [$"web@60={Slow}"]);
        await stack.UntilNoted("up");

        stack.Signal(signal);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Noted().ShouldBe(["up", "asked", "done"]);
        stack.Replicas().ShouldBeEmpty();
    }

    [Fact]
    public async Task Second_interrupt_kills_all_groups_at_once()
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", [$"web*2@600={Stubborn}", "db@600=trap '' TERM; sleep 1000 & wait"]);
        await Wait.Until(() => stack.Noted().Length == 2, stack.Seen);
        stack.Signal(Int);
        await stack.UntilNoted("asked");
        stack.Replicas().ShouldNotBeEmpty();

        stack.Signal(Int);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Replicas().ShouldBeEmpty();
        stack.Output.ShouldContain("Interrupted again: ending all processes at once.");
    }

    [Fact]
    public async Task Stop_while_it_starts_up_stops_what_was_begun_and_starts_nothing_more()
    {
        // The second never gets healthy, and the third waits for it.
        await using var stack = await RunningMiniStack.StartAsync("Development", [$"db@60={Slow}", "cache=hang", "web>cache=echo web up >> $NOTES; sleep 1000"]);
        await stack.UntilNoted("up");
        await Wait.Until(() => stack.Replicas().Count > 1, stack.Seen);

        stack.Signal(Term);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Noted().ShouldBe(["up", "asked", "done"]);
        stack.Replicas().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Int)]
    [InlineData(Term)]
    public async Task Stop_before_anything_has_started_is_an_orderly_end_too(int signal)
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", ["handler=600", "web=echo web up >> $NOTES; sleep 1000"]);
        await stack.UntilSaid("handling");

        stack.Signal(signal);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0), stack.Output);
        stack.Noted().ShouldBeEmpty();
        stack.Output.ShouldNotContain("xception");
    }

    [Fact]
    public async Task Limit_of_the_host_that_is_below_the_grace_cuts_no_stop_short()
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", ["limit=0.5", $"web@60={Slow}"]);
        await stack.UntilNoted("up");

        stack.Signal(Term);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Noted().ShouldBe(["up", "asked", "done"]);
    }

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Hang_up_while_it_stops_is_ignored(string environment)
    {
        await using var stack = await RunningMiniStack.StartAsync(environment, [$"web*2@60={Slow}"]);
        await Wait.Until(() => stack.Noted().Length == 2, stack.Seen);
        stack.Signal(Term);
        await stack.UntilNoted("asked");

        stack.Signal(Hup);
        stack.Signal(Hup);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Noted().Order().ShouldBe(["asked", "asked", "done", "done", "up", "up"]);
        stack.Output.ShouldContain("Hang-up signal ignored: the stack is being stopped.");
    }

    [Fact]
    public async Task Hang_up_in_development_stops_since_the_terminal_is_gone()
    {
        await using var stack = await RunningMiniStack.StartAsync("Development", [$"web@60={Slow}"]);
        await stack.UntilNoted("up");

        stack.Signal(Hup);

        (await stack.Exited.Within(seen: stack.Seen)).ShouldBe(new ExitFacts(ExitKind.Code, 0));
        stack.Noted().ShouldBe(["up", "asked", "done"]);
    }

    [Fact]
    public async Task Hang_up_in_production_restarts_what_has_several_replicas_one_after_another()
    {
        await using var stack = await RunningMiniStack.StartAsync(
            "Production", ["web*2=trap 'echo stop >> $NOTES; exit 0' TERM; echo start >> $NOTES; while :; do sleep 0.1; done", "db=sleep 1000"]);
        await stack.UntilSaid("Ctrl+C stops everything.");
        var before = stack.Replicas();

        stack.Signal(Hup);

        await Wait.Until(() => stack.Noted().Length == 6, stack.Seen);
        stack.Noted().ShouldBe(["start", "start", "stop", "start", "stop", "start"]);
        before.Intersect(stack.Replicas()).Count().ShouldBeGreaterThanOrEqualTo(1); // the one that is alone
        stack.Signal(Term);
        await stack.Exited.Within(seen: stack.Seen);
        stack.Replicas().ShouldBeEmpty();
    }
}
