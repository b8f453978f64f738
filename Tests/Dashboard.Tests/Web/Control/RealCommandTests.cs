using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Tests.Web.Control;

/// <summary>Commands of the pages, through the control socket of a real AppHost, to real processes.</summary>
[Trait("kind", "process")]
public sealed class RealCommandTests
{
    [Fact]
    public async Task Form_of_the_page_restarts_one_process_and_the_page_tells_how_it_went()
    {
        using var host = await RealAppHost.StartAsync("job*2=exec sleep 600");
        await using var dashboard = await ConnectedDashboard.StartAsync(host.Socket);
        var before = (await UntilAsync(dashboard, job => job.Replicas.Count == 2 && job.Replicas.All(r => r.State == "Running"))).Replicas;
        var name = before[0].Name;

        (await dashboard.SubmitAsync(await dashboard.OpenAsync($"/resources/command?name={name}&command=restart"))).Dispose();

        var after = (await UntilAsync(dashboard, job => job.Replicas[0] is { State: "Running" } r && r.Pid != before[0].Pid)).Replicas;
        after[1].Pid.ShouldBe(before[1].Pid);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = TestDashboard.Limit(60);
        while (dashboard.Service<CommandDesk>().Audit(1, null) is not [{ Outcome: "Done", Command: "restart" }])
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        var page = await dashboard.OpenAsync($"/resources?resource={name}");
        page.QuerySelector("[data-key='command:1'] strong")!.TextContent.ShouldBe($"'restart' of {name} is done.");
        page.QuerySelectorAll("#details .moves b").Select(b => b.TextContent).ShouldBe(["Running, Ready", "Starting", "Waiting", "Stopping", "Running, Ready", "Starting", "Waiting"]);
        page.QuerySelectorAll("#details .variables dt").Select(d => d.TextContent).ShouldContain("PATH");
        page.QuerySelectorAll("#details .commands > *").Select(c => c.TextContent.Trim()).ShouldContain("Restart");
    }

    [Fact]
    public async Task Command_that_a_resource_does_not_have_is_refused_in_the_words_of_the_AppHost()
    {
        using var host = await RealAppHost.StartAsync("job=exec sleep 600");
        await using var dashboard = await ConnectedDashboard.StartAsync(host.Socket);
        await UntilAsync(dashboard, job => job.Replicas is [{ State: "Running" }]);

        (await dashboard.SubmitAsync(await dashboard.OpenAsync("/resources/command?name=job&command=roll"))).Dispose();

        var entry = dashboard.Service<CommandDesk>().Audit(1, null).ShouldHaveSingleItem();
        (entry.Outcome, entry.Message).ShouldBe(("Refused", "There is no command 'roll'. Known: start, stop, restart."));
    }

    private static async Task<ResourceStatus> UntilAsync(TestDashboard dashboard, Func<ResourceStatus, bool> condition)
    {
        using var limit = TestDashboard.Limit(60);
        await foreach (var view in dashboard.Service<StackWatch>().ChangesAsync(limit.Token))
        {
            if (view.Find("job") is { } job && condition(job))
            {
                return job;
            }
        }

        throw new InvalidOperationException("The views ended.");
    }
}
