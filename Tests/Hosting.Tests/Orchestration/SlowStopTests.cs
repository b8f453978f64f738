using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>Stops that take long.</summary>
[Trait("kind", "slow")]
public class SlowStopTests
{
    [Fact]
    public async Task Eight_replicas_that_need_thirty_seconds_stop_side_by_side()
    {
        const string needsThirtySeconds = "trap 'sleep 30; echo done >> $NOTES; exit 0' TERM; echo up >> $NOTES; while :; do sleep 0.1; done";
        await using var stack = await RunningMiniStack.StartAsync("Production", [$"web*8@60={needsThirtySeconds}"]);
        await Wait.Until(() => stack.Noted().Length == 8, stack.Seen);
        var start = TimeProvider.System.GetTimestamp();

        stack.Signal(15);
        await stack.Exited.Within(TimeSpan.FromMinutes(2), stack.Seen);

        stack.Noted().Count(n => n == "done").ShouldBe(8);
        TimeProvider.System.GetElapsedTime(start).TotalSeconds.ShouldBeInRange(30, 45); // 31 on a quiet machine; one after another would be 240
    }
}
