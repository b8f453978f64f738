using System.Diagnostics;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard of its own process is killed while it writes.</summary>
[Trait("kind", "process")]
public sealed class KilledDashboardTests : IDisposable
{
    private const int BatchRows = 100;
    private const int Senders = 4;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_kill_9_everything_that_was_acknowledged_is_there_and_in_order()
    {
        var acknowledged = new int[Senders];
        using (var victim = await ChildDashboard.StartAsync(_folder.Path))
        {
            var sending = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
            {
                for (var row = 0; ; row += BatchRows)
                {
                    await victim.SendAsync(Enumerable.Range(row, BatchRows).Select(i => Messages.Log($"sender{sender} row {i}")));
                    acknowledged[sender] = row + BatchRows;
                }
            })).ToList();
            var running = Stopwatch.StartNew();
            while (!acknowledged.All(rows => rows >= 20 * BatchRows))
            {
                running.Elapsed.ShouldBeLessThan(RunningDashboard.Patience, $"waiting for 20 batches of each sender; records so far: {string.Join(", ", acknowledged)}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            victim.Kill();
            foreach (var sender in sending)
            {
                await Should.ThrowAsync<HttpRequestException>(sender);
            }
        }

        using var reborn = await ChildDashboard.StartAsync(_folder.Path);
        for (var sender = 0; sender < Senders; sender++)
        {
            // A batch is stored whole or not at all; the one that was under way may be.
            var page = await reborn.LogsAsync($"q=sender{sender}&limit=1&count=true");
            var stored = page.GetProperty("totalCount").GetInt32();
            stored.ShouldBeOneOf(acknowledged[sender], acknowledged[sender] + BatchRows);
            page.GetProperty("data").GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords")[0].GetProperty("body").GetProperty("stringValue").GetString()
                .ShouldBe($"sender{sender} row {stored - 1}");
        }

        await reborn.SendAsync([Messages.Log("after")]);
        (await reborn.LogsAsync("q=after")).GetProperty("totalCount").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task After_kill_9_the_counts_agree_with_the_rows()
    {
        using (var victim = await ChildDashboard.StartAsync(_folder.Path))
        {
            var running = Stopwatch.StartNew();
            while (running.Elapsed < TimeSpan.FromSeconds(2))
            {
                await victim.SendAsync(Enumerable.Range(0, BatchRows).Select(i => Messages.Log($"row {i}")));
            }

            victim.Kill();
        }

        await using var store = await OpenStore.AtAsync(_folder.Path);

        (await LogRollupTests.CountsAsync(store)).ShouldBe(await LogRollupTests.RowsAsync(store));
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
