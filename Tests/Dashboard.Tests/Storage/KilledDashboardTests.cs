using System.Diagnostics;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard of its own process is killed while it writes.</summary>
[Trait("kind", "process")]
public sealed class KilledDashboardTests : IDisposable
{
    private const int BatchRows = 100;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_kill_9_everything_but_the_last_moments_is_there_and_in_order()
    {
        var sent = 0;
        var longAgo = 0;
        using (var victim = await ChildDashboard.StartAsync(_folder.Path))
        {
            var running = Stopwatch.StartNew();
            while (running.Elapsed < TimeSpan.FromSeconds(3))
            {
                await victim.SendAsync(Enumerable.Range(sent, BatchRows).Select(i => Messages.Log($"row {i}")));
                sent += BatchRows;
                // Commits come four times a second.
                longAgo = running.Elapsed < TimeSpan.FromSeconds(1.5) ? sent : longAgo;
            }

            victim.Kill();
        }

        using var reborn = await ChildDashboard.StartAsync(_folder.Path);
        var total = (await reborn.LogsAsync("limit=1")).GetProperty("totalCount").GetInt32();
        total.ShouldBeInRange(longAgo, sent);
        var newest = (await reborn.LogsAsync("limit=1")).GetProperty("data").GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0]
            .GetProperty("logRecords")[0].GetProperty("body").GetProperty("stringValue").GetString();
        newest.ShouldBe($"row {total - 1}");
        await reborn.SendAsync([Messages.Log("after")]);
        (await reborn.LogsAsync("q=after")).GetProperty("totalCount").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_message_and_exit_code_1()
    {
        using var first = await ChildDashboard.StartAsync(_folder.Path);
        using var second = ChildDashboard.Run(_folder.File("other"), frontend: first.Frontend.ToString());

        await second.WaitForExitAsync(new CancellationTokenSource(RunningDashboard.Patience).Token);

        second.ExitCode.ShouldBe(1);
        (await second.StandardError.ReadToEndAsync()).Trim().ShouldBe(
            $"Port {first.Frontend.Port} of the dashboard's front end is already in use. Free it, or set 'Dashboard:Frontend:EndpointUrls' to another address.");
    }

    [Fact]
    public async Task A_folder_that_is_taken_is_one_message_and_exit_code_1()
    {
        using var first = await ChildDashboard.StartAsync(_folder.Path);
        using var second = ChildDashboard.Run(_folder.Path);

        await second.WaitForExitAsync(new CancellationTokenSource(RunningDashboard.Patience).Token);

        second.ExitCode.ShouldBe(1);
        (await second.StandardError.ReadToEndAsync()).Trim().ShouldBe(
            $"The data folder '{_folder.Path}' is in use by process {first.Id}. Stop that dashboard, or set 'Dashboard:Storage:Directory' to another folder.");
    }
}
