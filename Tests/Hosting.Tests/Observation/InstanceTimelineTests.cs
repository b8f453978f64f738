using Stack.Hosting.Observation;

namespace Hosting.Tests.Observation;

public sealed class InstanceTimelineTests
{
    private static readonly InstanceSnapshot First = new() { Name = "site-8001", Index = 0, State = InstanceState.Waiting, Health = InstanceHealth.Unknown, Wanted = true };

    private readonly InstanceTimeline _timeline = new();

    [Fact]
    public void Moves_are_kept_with_time_and_reason_and_the_newest_is_first()
    {
        _timeline.Note(First, At(1)).ShouldBeNull();
        _timeline.Note(First with { State = InstanceState.Starting, Generation = 1, Reason = "a slot was free" }, At(2)).ShouldBe(First);
        _timeline.Note(First with { State = InstanceState.Running, Generation = 1, Health = InstanceHealth.Ready, Traffic = InstanceTraffic.In }, At(3));

        _timeline.Moves.ShouldBe(
        [
            new InstanceMove(At(3), 1, InstanceState.Running, InstanceHealth.Ready, InstanceTraffic.In, null),
            new InstanceMove(At(2), 1, InstanceState.Starting, InstanceHealth.Unknown, InstanceTraffic.None, "a slot was free"),
            new InstanceMove(At(1), 0, InstanceState.Waiting, InstanceHealth.Unknown, InstanceTraffic.None, null),
        ]);
    }

    [Fact]
    public void What_is_no_move_is_not_kept()
    {
        _timeline.Note(First, At(1));
        _timeline.Note(First with { Reason = "waits for 'db'" }, At(2));
        _timeline.Note(First with { Failures = 3, LastExit = "exit code 3" }, At(3));

        _timeline.Moves.ShouldHaveSingleItem().Time.ShouldBe(At(1));
    }

    [Fact]
    public void Only_the_last_fifty_are_kept()
    {
        for (var generation = 1; generation <= 70; generation++)
        {
            _timeline.Note(First with { Generation = generation }, At(generation));
        }

        _timeline.Moves.Select(m => m.Generation).ShouldBe(Enumerable.Range(21, 50).Reverse());
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);
}
