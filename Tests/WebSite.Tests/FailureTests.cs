using System.Net;
using Testing;
using WebSite.Tests.Fakes;

namespace WebSite.Tests;

/// <summary>Replicas that are killed: what was acknowledged is there once, readers miss nothing, another one leads.</summary>
public abstract class FailureTests
{
    private protected abstract Task<Replicas> StartAsync(int count, params (string Name, string Value)[] variables);

    [Fact]
    public async Task A_replica_that_is_killed_while_it_takes_messages_loses_and_doubles_none()
    {
        await using var replicas = await StartAsync(3);
        var (victim, addresses) = (replicas.All[1], replicas.Addresses);
        using var guest = new Guest(addresses);
        await guest.SignUpAsync("Ada");
        await using var events = new LiveReader(connection => addresses[(connection + 1) % addresses.Count], events: true);
        await using var polls = new LiveReader(connection => addresses[connection % addresses.Count], events: false);
        await Task.WhenAll(events.ConnectedAsync(), polls.ConnectedAsync());

        const int Count = 30;
        for (var i = 0; i < Count; i++)
        {
            if (i == Count / 2)
            {
                _ = Task.Run(victim.Kill, TestContext.Current.CancellationToken);
            }

            await PostUntilTakenAsync(guest, $"message {i}");
        }

        var expected = Enumerable.Range(0, Count).Select(i => $"message {i}").ToList();
        await Task.WhenAll(events.SeesAsync(Count), polls.SeesAsync(Count));
        events.ShouldHaveSeenOnce(expected);
        polls.ShouldHaveSeenOnce(expected);
        events.Connections.ShouldBeGreaterThan(1, "the reader was at the replica that was killed");
    }

    [Fact]
    public async Task A_leader_that_is_killed_is_followed_and_one_that_stops_too()
    {
        await using var replicas = await StartAsync(3, ("Board__LeaseFor", "00:00:02"));
        var left = replicas.All.ToList();
        string? before = null;
        for (var round = 0; round < 2; round++)
        {
            var leader = await LeaderAsync(left.Select(site => site.Address), before);   // one of them may not know yet
            var says = $"'{leader}' leads now";
            await Wait.Until(() => left.Any(replica => replica.Output.Contains(says, StringComparison.Ordinal))); // others may see it before its line is read
            var site = left.Single(replica => replica.Output.Contains(says, StringComparison.Ordinal));
            left.Remove(site);
            if (round == 0)
            {
                site.Kill();
            }
            else
            {
                site.Terminate();
                (await site.ExitAsync()).ShouldBe(0);
            }

            before = leader;
            (await LeaderAsync(left.Select(replica => replica.Address), before)).ShouldNotBe(before);
        }
    }

    /// <summary>As a browser's user, or a gateway, does it: the same form again, at another replica, until one has taken it.</summary>
    private static async Task PostUntilTakenAsync(Guest guest, string text)
    {
        var page = await RetriedAsync(() => guest.GetAsync("/"));
        using var answer = await RetriedAsync(() => guest.SendAsync(page, "#post", ("Text", text)));
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    private static async Task<T> RetriedAsync<T>(Func<Task<T>> request)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await request();
            }
            catch (HttpRequestException) when (tries < 5)
            {
                // The next replica.
            }
        }
    }

    private static async Task<string> LeaderAsync(IEnumerable<Uri> addresses, string? otherThan)
    {
        using var guest = new Guest([.. addresses]);
        var leader = "";
        for (var start = TimeProvider.System.GetTimestamp(); ;)
        {
            leader = (await guest.GetAsync("/")).QuerySelector("#leader")!.TextContent;
            if (leader.StartsWith("site-", StringComparison.Ordinal) && leader != otherThan)
            {
                return leader;
            }

            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Wait.Patience, $"Waited for a leader other than '{otherThan}'; the page says '{leader}'.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>On SQLite.</summary>
[Trait("kind", "process")]
public sealed class SqliteFailureTests : FailureTests
{
    private protected override Task<Replicas> StartAsync(int count, params (string Name, string Value)[] variables) => Replicas.StartAsync(count, null, variables);
}
