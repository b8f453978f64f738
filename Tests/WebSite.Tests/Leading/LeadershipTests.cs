using WebSite.Leading;
using WebSite.Tests.Fakes;

namespace WebSite.Tests.Leading;

/// <summary>One replica leads, another follows it, and what a former one does has no effect. The clock moves only when a test says so.</summary>
public sealed class LeadershipTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_that_looks_leads_and_the_others_know_it()
    {
        await using var board = await TestBoard.CreateAsync();
        using var one = board.Replica("site-1");
        using var two = board.Replica("site-2");

        await one.TurnAsync(Cancelled);
        await two.TurnAsync(Cancelled);

        (one.Leader, two.Leader).ShouldBe(("site-1", "site-1"));
        (await board.Leases.ReadAsync(Leadership.Job, Cancelled)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_leader_that_goes_on_looking_leads_for_ever()
    {
        await using var board = await TestBoard.CreateAsync();
        using var one = board.Replica("site-1");
        using var two = board.Replica("site-2");

        for (var i = 0; i < 10; i++)
        {
            await one.TurnAsync(Cancelled);
            await two.TurnAsync(Cancelled);
            board.Time.Advance(board.Options.LeaseFor / 3);
        }

        (one.Leader, two.Leader).ShouldBe(("site-1", "site-1"));
    }

    [Fact]
    public async Task A_leader_that_is_silent_is_followed_when_its_lease_has_run_out_and_learns_it()
    {
        await using var board = await TestBoard.CreateAsync();
        using var one = board.Replica("site-1");
        using var two = board.Replica("site-2");
        await one.TurnAsync(Cancelled);

        board.Time.Advance(board.Options.LeaseFor - TimeSpan.FromMilliseconds(1));
        await two.TurnAsync(Cancelled);
        two.Leader.ShouldBe("site-1");
        board.Time.Advance(TimeSpan.FromMilliseconds(1));
        await two.TurnAsync(Cancelled);
        two.Leader.ShouldBe("site-2");

        await one.TurnAsync(Cancelled);
        one.Leader.ShouldBe("site-2");
        (await board.Leases.ReadAsync(Leadership.Job, Cancelled)).Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_leader_that_stops_is_followed_at_the_next_look()
    {
        await using var board = await TestBoard.CreateAsync();
        using var one = board.Replica("site-1");
        using var two = board.Replica("site-2");
        await one.TurnAsync(Cancelled);

        await one.GiveBackAsync();
        await two.TurnAsync(Cancelled);

        two.Leader.ShouldBe("site-2");
    }

    [Fact]
    public async Task Of_many_that_find_it_expired_at_the_same_time_one_takes_it()
    {
        await using var board = await TestBoard.CreateAsync();
        var seen = await board.Leases.ReadAsync(Leadership.Job, Cancelled);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => board.Leases.TakeAsync(seen, $"site-{i}", board.Options.LeaseFor, Cancelled))));

        taken.Count(version => version == 1).ShouldBe(1);
        taken.Count(version => version is null).ShouldBe(7);
    }

    [Fact]
    public async Task The_leader_removes_what_is_too_old_and_nothing_else()
    {
        await using var board = await TestBoard.CreateAsync();
        await board.PutAsync(1203, board.Options.KeepFor + TimeSpan.FromMilliseconds(1));
        await board.PutAsync(7, board.Options.KeepFor);
        using var one = board.Replica("site-1");

        await one.TurnAsync(Cancelled);

        (await board.CountAsync()).ShouldBe(7);
    }

    [Fact]
    public async Task It_looks_for_old_messages_as_often_as_configured()
    {
        await using var board = await TestBoard.CreateAsync();
        using var one = board.Replica("site-1");
        await one.TurnAsync(Cancelled);
        await board.PutAsync(3, board.Options.KeepFor * 2);

        board.Time.Advance(board.Options.CleanUpEvery - TimeSpan.FromSeconds(1));
        await one.TurnAsync(Cancelled);
        (await board.CountAsync()).ShouldBe(3);
        board.Time.Advance(TimeSpan.FromSeconds(1));
        await one.TurnAsync(Cancelled);

        (await board.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_former_leader_that_wakes_in_the_middle_of_its_work_changes_nothing()
    {
        await using var board = await TestBoard.CreateAsync();
        await board.PutAsync(5, board.Options.KeepFor * 2);
        var former = (await board.Leases.TakeAsync(await board.Leases.ReadAsync(Leadership.Job, Cancelled), "site-1", board.Options.LeaseFor, Cancelled))!.Value;
        board.Time.Advance(board.Options.LeaseFor);
        await board.Leases.TakeAsync(await board.Leases.ReadAsync(Leadership.Job, Cancelled), "site-2", board.Options.LeaseFor, Cancelled);

        var done = await board.Leases.UnderAsync(Leadership.Job, former, board.Options.LeaseFor, _ => throw new InvalidOperationException("It must not get here."), Cancelled);

        done.ShouldBeNull();
        (await board.Leases.ReadAsync(Leadership.Job, Cancelled)).Holder.ShouldBe("site-2");
        (await board.CountAsync()).ShouldBe(5);
    }
}
