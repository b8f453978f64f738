using System.Formats.Tar;
using System.Net;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Web;

namespace Stack.Dashboard.Tests.Storage;

public sealed class BackupTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_back_up_taken_while_the_store_is_written_to_is_whole_and_can_be_opened()
    {
        await using var dashboard = await RunningDashboard.StartAsync(settings: "Dashboard:Storage:SegmentBytes=200000");
        for (var i = 0; i < 3; i++)
        {
            dashboard.Add(Enumerable.Range(0, 500).Select(n => Samples.Log($"row {n} of {i} {new string('x', 200)}", $"site-800{1 + (n % 2)}")));
            await OpenStore.UntilAsync(() => dashboard.Get<TelemetryStore>().Catalogue.Segments is [.., { Logs: 0 }] segments && segments.Length == i + 2, "the roll");
        }

        dashboard.Add(Samples.Log("the last one"));
        await OpenStore.UntilAsync(() => dashboard.Get<StoreStatus>().Committed == 1501, "the commit");
        await OpenStore.UntilAsync(() => dashboard.Get<TelemetryStore>().Catalogue.Segments.SkipLast(1).All(s => s.IsSealed), "the seal");

        await using (var tar = new TarReader(await dashboard.Client.GetStreamAsync("/api/telemetry/backup")))
        {
            while (await tar.GetNextEntryAsync() is { } entry)
            {
                await entry.ExtractToFileAsync(_folder.File(entry.Name), overwrite: false);
            }
        }

        dashboard.Add(Samples.Log("after the back-up"));
        Directory.GetFiles(_folder.Path).Length.ShouldBe(5);
        Directory.GetFiles(dashboard.Get<StorageOptions>().Directory, "copy-*").ShouldBeEmpty();
        await using var restored = await OpenStore.AtAsync(_folder.Path);
        restored.Status.BadFiles.ShouldBeEmpty();
        (await restored.FindAsync(new LogFilter { Limit = 1 })).ShouldSatisfyAllConditions(
            page => page.TotalCount.ShouldBe(1501), page => page.Rows.Single().Body.ShouldBe("the last one"));
        restored.Queries.Resources().Select(r => r.DisplayName).ShouldBe(["site-8001", "site-8002"]);
    }

    [Fact]
    public async Task Without_the_key_there_is_no_back_up()
    {
        await using var dashboard = await RunningDashboard.StartAsync();
        using var stranger = new HttpClient { BaseAddress = dashboard.Client.BaseAddress };

        using var answer = await stranger.GetAsync("/api/telemetry/backup");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("the-token-of-a-viewer", HttpStatusCode.Forbidden)]
    [InlineData(TestDashboard.Token, HttpStatusCode.OK)]
    public async Task A_browser_gets_a_back_up_only_with_the_operators_token(string token, HttpStatusCode expected)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(settings: ["--Dashboard:Frontend:ViewerToken=the-token-of-a-viewer", "--Dashboard:Api:PrimaryApiKey=the-key"]);
        (await dashboard.Browser.GetAsync($"/login?t={token}")).Dispose();

        using var answer = await dashboard.Browser.GetAsync("/api/telemetry/backup");
        using var resources = await dashboard.Browser.GetAsync("/api/telemetry/resources");

        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        resources.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
