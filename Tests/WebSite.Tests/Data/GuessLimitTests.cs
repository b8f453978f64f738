using Microsoft.EntityFrameworkCore;
using WebSite.Data;
using WebSite.Tests.Fakes;

namespace WebSite.Tests.Data;

/// <summary>How often a password may be guessed. The clock moves only when a test says so; each try is a request of its own.</summary>
public sealed class GuessLimitTests
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_five_tries_each_further_one_has_to_wait_twice_as_long_up_to_five_minutes()
    {
        await using var board = await TestBoard.CreateAsync();
        for (var i = 0; i < GuessLimit.FreeTries; i++)
        {
            (await TryAsync(board, "Ada")).ShouldBeNull();
        }

        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 300, 300 })
        {
            (await TryAsync(board, "Ada")).ShouldBe(TimeSpan.FromSeconds(seconds));
            board.Time.Advance(TimeSpan.FromSeconds(seconds) - Instant);
            (await TryAsync(board, "ada")).ShouldBe(Instant);
            board.Time.Advance(Instant);
            (await TryAsync(board, "Ada")).ShouldBeNull();
        }

        (await TryAsync(board, "Bob")).ShouldBeNull();
    }

    [Fact]
    public async Task Tries_at_the_same_moment_are_not_more_than_one_after_another()
    {
        await using var board = await TestBoard.CreateAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => TryAsync(board, "Ada"))));

        answers.Count(pause => pause is null).ShouldBe(GuessLimit.FreeTries);
        answers.OfType<TimeSpan>().ShouldAllBe(pause => pause == TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task The_right_password_and_a_day_without_a_try_make_it_begin_anew()
    {
        await using var board = await TestBoard.CreateAsync();
        for (var i = 0; i < GuessLimit.FreeTries - 1; i++)
        {
            await TryAsync(board, "Ada");
        }

        await board.GuessAsync(async guesses =>
        {
            await guesses.ForgetAsync("ADA", Cancelled);
            return true;
        });
        await FreelyAsync();
        board.Time.Advance(TimeSpan.FromSeconds(10) + GuessLimit.Memory + Instant);
        await FreelyAsync();

        async Task FreelyAsync()
        {
            for (var i = 0; i < GuessLimit.FreeTries; i++)
            {
                (await TryAsync(board, "Ada")).ShouldBeNull();
            }

            (await TryAsync(board, "Ada")).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task What_is_long_past_is_removed_by_the_leader()
    {
        await using var board = await TestBoard.CreateAsync();
        for (var i = 0; i < 501; i++)
        {
            await TryAsync(board, $"nobody-{i}");
        }

        board.Time.Advance(GuessLimit.Memory + Instant);
        await TryAsync(board, "Ada");
        using var leader = board.Replica("site-1");
        await leader.TurnAsync(Cancelled);

        await using var db = await board.Contexts.CreateDbContextAsync(Cancelled);
        (await db.SignInTries.Select(t => t.Name).ToListAsync(Cancelled)).ShouldBe(["ADA"]);
    }

    private static Task<TimeSpan?> TryAsync(TestBoard board, string name) => board.GuessAsync(guesses => guesses.EnterAsync(name, Cancelled));
}
