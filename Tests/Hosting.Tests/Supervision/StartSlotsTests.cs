using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

public class StartSlotsTests
{
    [Fact]
    public async Task No_more_are_out_than_there_are()
    {
        var slots = new StartSlots(2);
        var first = await slots.AcquireAsync(restart: false, CancellationToken.None);
        var second = await slots.AcquireAsync(restart: false, CancellationToken.None);
        var third = slots.AcquireAsync(restart: false, CancellationToken.None);
        third.IsCompleted.ShouldBeFalse();

        first.Dispose();
        first.Dispose(); // a second time gives nothing back

        (await third.Within()).ShouldNotBeNull();
        var fourth = slots.AcquireAsync(restart: false, CancellationToken.None);
        fourth.IsCompleted.ShouldBeFalse();
        second.Dispose();
        (await fourth.Within()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Restarts_after_a_crash_go_before_first_starts()
    {
        var slots = new StartSlots(1);
        var held = await slots.AcquireAsync(restart: false, CancellationToken.None);
        var start = slots.AcquireAsync(restart: false, CancellationToken.None);
        var restart = slots.AcquireAsync(restart: true, CancellationToken.None);

        held.Dispose();

        var slot = await restart.Within();
        start.IsCompleted.ShouldBeFalse();
        slot.Dispose();
        (await start.Within()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancelled_wait_takes_no_slot()
    {
        var slots = new StartSlots(1);
        var held = await slots.AcquireAsync(restart: false, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var cancelled = slots.AcquireAsync(restart: false, cancel.Token);
        var next = slots.AcquireAsync(restart: false, CancellationToken.None);

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(cancelled.Within());
        held.Dispose();

        (await next.Within()).ShouldNotBeNull();
    }

    [Fact]
    public async Task Replicas_start_as_many_at_a_time_as_there_are_slots()
    {
        var slots = new StartSlots(2);
        await using var first = new Supervised(gate: new SlotGate(slots));
        await using var second = new Supervised(gate: new SlotGate(slots));
        await using var third = new Supervised(gate: new SlotGate(slots));
        foreach (var site in new[] { first, second, third })
        {
            site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(2) };
            await site.Start();
        }

        third.Launcher.Attempts.ShouldBe(0);
        await first.Advance(seconds: 2.25);

        await third.Log.Until(s => s.Pid != null);
        second.Launcher.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Replicas_that_answer_at_once_do_not_wait_for_each_others_start_time()
    {
        var slots = new StartSlots(2);
        var time = new ManualTimeProvider();
        var sites = Enumerable.Range(0, 16).Select(_ => new Supervised(gate: new SlotGate(slots), time: time)).ToList();
        foreach (var site in sites)
        {
            await site.Start();
        }

        foreach (var site in sites)
        {
            await site.Log.Until(s => s.Pid != null);
        }

        time.Advance(TimeSpan.FromSeconds(1));
        foreach (var site in sites)
        {
            await site.Log.Until(s => s.State == InstanceState.Running);
            await site.DisposeAsync();
        }
    }

    private sealed class SlotGate(StartSlots slots) : IStartGate
    {
        public Task<IDisposable> EnterAsync(string instance, StartCause cause, Action<string> describe, CancellationToken cancellationToken)
            => slots.AcquireAsync(cause != StartCause.Command, cancellationToken);
    }
}
