using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class ArrivalClockTests
{
    [Fact]
    public void Ids_are_the_time_and_unique_within_one_tick()
    {
        var time = new SettableTime();
        var clock = new ArrivalClock(time, 0);

        var first = clock.Next();

        first.ShouldBe(UnixTicks.Of(time.Now));
        clock.Next().ShouldBe(first + 1);
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_set_ids_back()
    {
        var time = new SettableTime();
        var clock = new ArrivalClock(time, 0);
        var before = clock.Next();

        time.Now -= TimeSpan.FromHours(1);

        clock.Next().ShouldBe(before + 1);
    }

    [Fact]
    public void After_a_restart_ids_go_on_behind_the_last_one()
    {
        var time = new SettableTime();
        var last = UnixTicks.Of(time.Now) + 500;

        new ArrivalClock(time, last).Next().ShouldBe(last + 1);
    }
}
