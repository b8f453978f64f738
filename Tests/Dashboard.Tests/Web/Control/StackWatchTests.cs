using Microsoft.Extensions.Logging.Abstractions;
using Stack.Dashboard.Web.Control;

namespace Stack.Dashboard.Tests.Web.Control;

public sealed class StackWatchTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");
    private readonly ControlClient _client;
    private readonly StackWatch _watch;

    public StackWatchTests()
    {
        _client = new ControlClient(Socket);
        _watch = new StackWatch(_client, TimeProvider.System, NullLogger<StackWatch>.Instance) { PollInterval = TimeSpan.FromMilliseconds(200) };
    }

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        _watch.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Snapshot_is_followed_by_the_changes()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        await _watch.StartAsync(CancellationToken.None);
        (await UntilAsync(v => v.Connection is StackConnection.Connected)).Resources.Select(r => r.Name).ShouldBe(["site", "nginx"]);

        host.Change(Sample.Site(Sample.Replica("site-8001", 8001), Sample.Replica("site-8002", 8002, "Backoff", "Unknown")));
        host.SendUnknown();
        host.Change(Sample.Resource("redis", "Container", Sample.Replica("redis", 6379)));

        var view = await UntilAsync(v => v.Find("redis") is not null);
        view.Find("site-8002")!.Replicas[1].State.ShouldBe("Backoff");
        view.Status!.Seq.ShouldBe(3);
    }

    [Fact]
    public async Task After_a_gap_the_new_snapshot_counts()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await _watch.StartAsync(CancellationToken.None);
        await UntilAsync(v => v.Connection is StackConnection.Connected);

        host.Change(Sample.Site(Sample.Replica("site-8001", 8001, "Fatal", "Dead")), silently: true);
        host.Gap();

        await UntilAsync(v => v.Find("site")!.Replicas[0].State == "Fatal");
    }

    [Fact]
    public async Task What_no_event_tells_is_asked_for_now_and_then()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await _watch.StartAsync(CancellationToken.None);
        await UntilAsync(v => v.Connection is StackConnection.Connected);

        host.Change(Sample.Site(Sample.Replica("site-8001", 8001) with { Rss = 77 }), silently: true);

        await UntilAsync(v => v.Find("site")!.Replicas[0].Rss == 77);
    }

    [Fact]
    public async Task Lost_AppHost_leaves_the_last_state_and_is_found_again()
    {
        await using (await FakeAppHost.StartAsync(Socket, Sample.Site(1)))
        {
            await _watch.StartAsync(CancellationToken.None);
            await UntilAsync(v => v.Connection is StackConnection.Connected);
        }

        var lost = await UntilAsync(v => v.Connection is StackConnection.Lost && v.Problem?.StartsWith("No AppHost", StringComparison.Ordinal) == true);
        lost.Find("site").ShouldNotBeNull();
        lost.AsOf.ShouldNotBeNull();
        lost.Problem.ShouldBe($"No AppHost listens on '{Socket}'.");

        await using var second = await FakeAppHost.StartAsync(Socket, Sample.Site(3));
        (await UntilAsync(v => v.Connection is StackConnection.Connected)).Find("site")!.Replicas.Count.ShouldBe(3);
    }

    [Fact]
    public async Task AppHost_that_hangs_counts_as_lost_although_its_socket_is_open()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await _watch.StartAsync(CancellationToken.None);
        await UntilAsync(v => v.Connection is StackConnection.Connected);

        host.IsHung = true;

        (await UntilAsync(v => v.Connection is StackConnection.Lost)).Problem.ShouldStartWith("The AppHost has not answered for ");
    }

    [Fact]
    public async Task AppHost_that_is_not_there_yet_is_waited_for()
    {
        await _watch.StartAsync(CancellationToken.None);
        var lost = await UntilAsync(v => v.Connection is StackConnection.Lost);
        lost.Status.ShouldBeNull();
        lost.AsOf.ShouldBeNull();

        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));

        await UntilAsync(v => v.Connection is StackConnection.Connected);
    }

    private async Task<StackView> UntilAsync(Func<StackView, bool> condition)
    {
        using var limit = TestDashboard.Limit();
        try
        {
            await foreach (var view in _watch.ChangesAsync(limit.Token))
            {
                if (condition(view))
                {
                    return view;
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The view never was as expected; it is {_watch.Current}.", e);
        }

        throw new InvalidOperationException("The views ended.");
    }
}
