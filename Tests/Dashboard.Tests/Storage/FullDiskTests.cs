using System.Globalization;
using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Stack.Dashboard.Tests.Ingest;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A dashboard whose data folder is a file system of 8 MB that is really full.</summary>
[Trait("kind", "process")]
public sealed class FullDiskTests : IDisposable
{
    private const int BatchRows = 100;
    private static readonly string Padding = new('x', 900);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_oldest_telemetry_makes_room_and_no_new_record_is_lost()
    {
        using var dashboard = await StartAsync();

        // Twice what there is room for, and never so much at once that one commit would fill it all.
        const int Batches = 160;
        for (var batch = 0; batch < Batches; batch++)
        {
            await SendAsync(dashboard, batch);
            if (batch % 8 == 7)
            {
                await Task.Delay(300, CancellationToken.None);
            }
        }

        var last = (Batches * BatchRows) - 1;
        await UntilAsync(async () => await dashboard.CountAsync($"limit=1&q=%22row+{last}+%22") == 1, "the last record");
        (await OpenAsync(dashboard)).QuerySelector("#not-storing").ShouldBeNull();
        var kept = Numbers(await dashboard.LogsAsync("limit=10000"));
        kept.Count.ShouldBeInRange(1000, 10_000);
        kept.ShouldBe(Enumerable.Range(last - kept.Count + 1, kept.Count));
    }

    [Fact]
    public async Task With_nothing_left_to_delete_live_rows_go_on_every_page_says_so_and_storing_resumes_with_the_first_free_byte()
    {
        using var dashboard = await StartAsync();
        await SendAsync(dashboard, 0);
        await UntilAsync(async () => await dashboard.CountAsync() == BatchRows, "the first batch");

        var filler = dashboard.PathOf(_folder.File("filler"));
        var batch = 1;
        await UntilAsync(
            async () =>
            {
                Fill(filler);
                await SendAsync(dashboard, batch++);
                return (await OpenAsync(dashboard)).QuerySelector("#not-storing") is not null;
            },
            "the banner");

        await SendAsync(dashboard, 5000);
        await UntilAsync(async () => await dashboard.CountAsync("q=%22row+500099+%22") == 1, "the live row");
        var banner = (await OpenAsync(dashboard)).QuerySelector("#not-storing")!.TextContent;
        banner.ShouldContain("Nothing is stored since ");
        banner.ShouldMatch("[0-9,]+ records could not be kept");
        (await dashboard.CountAsync("limit=1&q=%22row+0+%22")).ShouldBe(1, "what is stored can be read");

        File.Delete(filler);
        await UntilAsync(
            async () =>
            {
                await SendAsync(dashboard, batch++);
                return (await OpenAsync(dashboard)).QuerySelector("#not-storing") is null;
            },
            "storing again");
        await SendAsync(dashboard, 6000);
        await UntilAsync(async () => await dashboard.CountAsync("limit=1&q=%22row+600099+%22") == 1, "the stored row");
    }

    [Fact]
    public async Task At_0_bytes_free_everything_can_be_cleared_on_the_page_and_storing_goes_on()
    {
        using var dashboard = await StartAsync();
        var batch = 0;
        for (; batch < 8; batch++)
        {
            await SendAsync(dashboard, batch);
        }

        var filler = dashboard.PathOf(_folder.File("filler"));
        await UntilAsync(
            async () =>
            {
                Fill(filler);
                await SendAsync(dashboard, batch++);
                return (await OpenAsync(dashboard)).QuerySelector("#not-storing") is not null;
            },
            "the banner");
        Fill(filler);

        var page = new HtmlParser().ParseDocument(await dashboard.Client.GetStringAsync(new Uri(dashboard.Frontend, "/settings/clear")));
        using var form = new FormUrlEncodedContent([new("instance", ""), new("__RequestVerificationToken", page.QuerySelector("#confirm-clear input[name=__RequestVerificationToken]")!.GetAttribute("value")!)]);
        using var answer = await dashboard.Client.PostAsync(new Uri(dashboard.Frontend, "/settings/clear"), form);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync()).QuerySelector("#done")!.TextContent.ShouldStartWith("Cleared.");
        (await OpenAsync(dashboard)).QuerySelector("#not-storing").ShouldBeNull();
        await SendAsync(dashboard, 7000);
        await UntilAsync(async () => await dashboard.CountAsync("limit=1") == BatchRows, "the rows after the clear");
        (await OpenAsync(dashboard)).QuerySelector("#not-storing").ShouldBeNull();
    }

    private Task<ChildDashboard> StartAsync() => ChildDashboard.StartAsync(_folder.Path, "8m", ("DASHBOARD__STORAGE__SEGMENTBYTES", "1000000"), ("DASHBOARD__STORAGE__MAXBYTES", "4000000000"));

    /// <summary>As an exporter does: what is refused with 503 is sent again.</summary>
    private static async Task SendAsync(ChildDashboard dashboard, int batch)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (true)
        {
            using var answer = await dashboard.TrySendAsync(Enumerable.Range(batch * BatchRows, BatchRows).Select(i => Messages.Log($"row {i} {Padding}")));
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            await Task.Delay(50, late.Token);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<IHtmlDocument> OpenAsync(ChildDashboard dashboard) =>
        new HtmlParser().ParseDocument(await dashboard.Client.GetStringAsync(new Uri(dashboard.Frontend, "/traces")));

    private static List<int> Numbers(System.Text.Json.JsonElement answer) =>
    [
        .. answer.GetProperty("data").GetProperty("resourceLogs").EnumerateArray()
            .SelectMany(resource => resource.GetProperty("scopeLogs").EnumerateArray())
            .SelectMany(scope => scope.GetProperty("logRecords").EnumerateArray())
            .Select(record => int.Parse(record.GetProperty("body").GetProperty("stringValue").GetString()!.Split(' ')[1], CultureInfo.InvariantCulture)),
    ];

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (!await condition())
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited for {what}.");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }
}
