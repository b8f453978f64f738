using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Web.Live;

public sealed class LiveLogsTests
{
    [Fact]
    public async Task New_records_of_all_replicas_come_as_they_arrive()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=logs&after=0&col=k&col=level");
        await live.NextAsync("ping");

        await dashboard.SendLogsAsync(new SentLog("<b>one</b>"), new SentLog("two", "site-8002", 17) { Attributes = { ["k"] = "v" } });

        var lines = (await live.NextAsync("logs")).GetProperty("lines").EnumerateArray().ToList();
        if (lines.Count == 1)
        {
            lines.AddRange((await live.NextAsync("logs")).GetProperty("lines").EnumerateArray());
        }

        lines.Select(Message).ShouldBe(["<b>one</b>", "two"]);
        lines[1].GetProperty("replica").GetString().ShouldBe("site-8002");
        lines[1].GetProperty("level").GetString().ShouldBe("error");
        lines[1].GetProperty("id").ValueKind.ShouldBe(JsonValueKind.String);
        lines[1].GetProperty("cells").EnumerateArray().Select(cell => cell.GetString()).ShouldBe(["v"]);
    }

    [Fact]
    public async Task Only_what_the_filter_of_the_page_wants_is_sent()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=logs&resource=site-8002&level=Warning&q=slow&after=0");
        await live.NextAsync("ping");

        await dashboard.SendLogsAsync(
            new SentLog("slow one", "site-8001", 17), new SentLog("slow two", "site-8002", 9), new SentLog("fast", "site-8002", 17), new SentLog("slow three", "site-8002", 13));

        var batch = await live.NextAsync("logs");
        batch.GetProperty("lines").EnumerateArray().Select(Message).ShouldBe(["slow three"]);
    }

    [Fact]
    public async Task A_flood_comes_in_bounded_batches_and_what_is_left_out_is_counted()
    {
        const int Records = 20_000;
        await using var dashboard = await TestDashboard.StartAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=logs&q=record");
        await live.NextAsync("ping");
        var bus = dashboard.Service<LiveBus>();

        for (var i = 1; i <= Records; i++)
        {
            bus.Publish(Samples.Log($"record {i}") with { Id = i });
        }

        long dropped = 0;
        var shown = 0;
        while (shown + dropped < Records)
        {
            var (kind, data) = await live.NextAsync();
            if (kind == "logs")
            {
                var lines = data.GetProperty("lines").EnumerateArray().ToList();
                lines.Count.ShouldBeLessThanOrEqualTo(200);
                shown += lines.Count;
                Message(lines[^1]).ShouldBe($"record {lines[^1].GetProperty("id").GetString()}");
            }
            else if (kind == "gap")
            {
                dropped += data.GetProperty("dropped").GetInt64();
            }
        }

        (shown + dropped).ShouldBe(Records);
    }

    [Fact]
    public async Task Stream_goes_on_behind_the_newest_record_of_the_page()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("before"), new SentLog("on the page"));
        var page = await dashboard.OpenAsync("/structuredlogs");
        await dashboard.SendLogsAsync(new SentLog("between"));

        await using var live = await LiveReader.OpenAsync(dashboard, $"/live?topics=logs&after={page.QuerySelector("#logs")!.GetAttribute("data-newest")}");

        var batch = await live.NextAsync("logs");
        batch.GetProperty("lines").EnumerateArray().Select(Message).ShouldBe(["between"]);
    }

    [Fact]
    public async Task Filter_that_matches_nothing_still_goes_on_from_now_and_not_from_the_beginning()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("old"));

        var page = await dashboard.OpenAsync("/structuredlogs?q=nothing");

        long.Parse(page.QuerySelector("#logs")!.GetAttribute("data-newest")!).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Stream_is_neither_cached_nor_buffered()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=logs");

        live.Response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        live.Response.Headers.CacheControl!.NoCache.ShouldBeTrue();
        live.Response.Headers.GetValues("X-Accel-Buffering").ShouldBe(["no"]);
    }

    [Theory]
    [InlineData("/live?topics=logs,weather", "There is no topic 'weather'. Known: health, logs, traces, tick, console (with name=…).")]
    [InlineData("/live?topics=console", "There is no topic 'console'. Known: health, logs, traces, tick, console (with name=…).")]
    public async Task Unknown_topic_is_refused(string path, string expected)
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using var answer = await dashboard.Browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("detail").GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task Open_streams_do_not_hold_up_the_stop()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=logs,health");
        await live.NextAsync("ping");
        var clock = Stopwatch.StartNew();

        var stopping = dashboard.StopAsync();
        await live.EndAsync();
        await stopping;

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private static string Message(JsonElement line) => line.GetProperty("message").GetString()!;
}
