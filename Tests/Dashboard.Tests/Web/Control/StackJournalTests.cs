using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web.Control;

/// <summary>What happens to the stack, as log records of the replica that it happens to.</summary>
public sealed class StackJournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Moves_of_a_replica_are_records_in_order_with_their_reason()
    {
        var replica = Sample.Replica("site-8001", 8001);
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(replica, Sample.Replica("site-8002", 8002)));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        host.Change(Sample.Site(replica with { Health = "NotReady", HealthReason = "site_health: answered 503" }, Sample.Replica("site-8002", 8002)), "health");
        host.Change(Sample.Site(replica with { State = "Backoff", Health = "Unknown", LastExit = "exit code 3", Reason = "ended 2 s after its start", Pid = null }, Sample.Replica("site-8002", 8002)));
        host.Change(Sample.Site(replica with { State = "Fatal", Health = "Unknown", LastExit = "exit code 3", Reason = "failed 10 times", Pid = null }));

        var rows = await RowsAsync(dashboard, 4);
        rows.Select(r => (r.DisplayName, r.Severity, r.Body)).ShouldBe(
        [
            ("site-8001", 13, "'site-8001' is NotReady, after Ready. site_health: answered 503"),
            ("site-8001", 13, "'site-8001': Running -> Backoff. exit code 3; ended 2 s after its start"),
            ("site-8001", 17, "'site-8001': Backoff -> Fatal. failed 10 times"),
            ("site-8002", 9, "'site-8002' was taken away."),
        ]);
        rows.ShouldAllBe(r => r.Service == "site" && r.Scope == StackJournal.Scope);
        rows[1].AttributesJson.ShouldBe("""{"from":"Running","to":"Backoff","reason":"exit code 3; ended 2 s after its start","generation":"1"}""");
    }

    [Fact]
    public async Task Roll_out_alert_and_new_replica_are_told_too()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);

        host.Change(Sample.Site(1) with { Rollout = new RolloutStatus { State = "Running", What = "roll", Replica = "site-8001" } }, "rollout");
        host.Change(Sample.Site(1) with { Rollout = new RolloutStatus { State = "Frozen", What = "roll", Replica = "site-8001", Reason = "It did not get ready." } }, "rollout");
        host.Change(Sample.Site(2));
        host.Alert("site", "site-8002", "It can't be killed.");

        (await RowsAsync(dashboard, 5)).Select(r => (r.DisplayName, r.Severity, r.Body)).ShouldBe(
        [
            ("site", 9, "roll of 'site' is at 'site-8001'."),
            ("site", 17, "roll of 'site' is frozen at 'site-8001': It did not get ready."),
            ("site", 9, "roll of 'site' has ended."),
            ("site-8002", 9, "'site-8002' is new: Running."),
            ("site-8002", 17, "It can't be killed."),
        ]);
    }

    [Fact]
    public async Task AppHost_that_comes_back_with_the_same_processes_is_no_news()
    {
        var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        await using var dashboard = await ConnectedDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await host.DisposeAsync();
        await live.NextAsync("health", h => h.GetProperty("stale").GetBoolean());

        await using var next = await FakeAppHost.StartAsync(Socket, Sample.Site(Sample.Replica("site-8001", 8001) with { Adopted = true }, Sample.Replica("site-8002", 8002) with { Adopted = true }));
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        next.Change(Sample.Site(Sample.Replica("site-8001", 8001) with { Generation = 2 }, Sample.Replica("site-8002", 8002)));

        (await RowsAsync(dashboard, 1)).ShouldHaveSingleItem().Body.ShouldBe("'site-8001': Running -> Running.");
    }

    [Fact]
    public async Task What_there_is_no_room_for_is_counted()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var journal = dashboard.Service<StackJournal>();
        dashboard.Service<QueueBudget>().IsClosed = true;

        journal.Tell(new StackAlert { Seq = 1, Time = DateTimeOffset.UnixEpoch, Resource = "site", Text = "!" });

        journal.Dropped.ShouldBe(1);
    }

    /// <summary>Waits until so many records are there, oldest first.</summary>
    private static async Task<IReadOnlyList<LogRow>> RowsAsync(TestDashboard dashboard, int count)
    {
        using var limit = TestDashboard.Limit();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var found = await dashboard.Service<LogQueries>().FindAsync(new LogFilter { Limit = 100 }, limit.Token);
            if (found.Rows.Count >= count)
            {
                return [.. found.Rows.OrderBy(r => r.Id)];
            }

            (await timer.WaitForNextTickAsync(limit.Token)).ShouldBeTrue();
        }
    }
}
