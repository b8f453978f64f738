using System.Net;
using System.Text.Json;
using AngleSharp.Dom;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class ConsolePageTests : IDisposable
{
    private const string Esc = "\u001b";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stack-ctl-");

    private string Socket => Path.Combine(_folder.FullName, "c.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Output_of_a_replica_is_shown_with_its_colours_and_without_becoming_markup()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Write("site-8001", $"{Esc}[31mfail{Esc}[0m: <script>alert(1)</script>\n");
        host.Write("site-8001", "Now listening\n");
        host.Write("site-8002", "not this one\n");
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/consolelogs/resource/site-8001");

        Lines(page).ShouldBe(["fail: <script>alert(1)</script>", "Now listening"]);
        page.QuerySelector("#lines .f1")!.TextContent.ShouldBe("fail");
        page.QuerySelectorAll("main script").ShouldBeEmpty();
        page.QuerySelectorAll("#lines .out-replica").ShouldBeEmpty();
        page.QuerySelector("#picker a[aria-current]")!.GetAttribute("aria-label").ShouldBe("site-8001");
    }

    [Fact]
    public async Task Output_of_a_resource_is_that_of_all_its_replicas_and_says_whose_it_is()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        host.Write("site-8001", "one\n");
        host.Write("site-8002", "two\n");
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/consolelogs/resource/site");

        page.QuerySelectorAll("#lines .out:not([data-mark])").Select(o => o.QuerySelector(".out-replica")!.TextContent + o.QuerySelector("code")!.TextContent).Order()
            .ShouldBe(["site-8001one", "site-8002two"]);
        page.QuerySelectorAll("#picker a").Select(a => a.GetAttribute("href")).ShouldBe(
            ["/consolelogs/resource/site", "/consolelogs/resource/site-8001", "/consolelogs/resource/site-8002", "/consolelogs/resource/nginx"]);
    }

    [Fact]
    public async Task Console_entry_of_the_navigation_leads_to_the_resource_with_replicas()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Nginx(), Sample.Site(2));
        await using var dashboard = await ConnectAsync();

        using var answer = await dashboard.Browser.GetAsync("/consolelogs");

        answer.Headers.Location!.ToString().ShouldBe("/consolelogs/resource/site");
    }

    [Fact]
    public async Task Live_stream_begins_with_what_is_there_and_goes_on()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        host.Write("site-8001", $"{Esc}[33mbefore\n");
        await using var dashboard = await ConnectAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health,console&name=site-8001");
        var first = await live.NextAsync("lines");
        first.GetProperty("reset").GetBoolean().ShouldBeTrue();
        Texts(first).ShouldBe(["before"]);

        host.Write("site-8001", "after\n");

        var second = await live.NextAsync("lines");
        second.GetProperty("reset").GetBoolean().ShouldBeFalse();
        Texts(second).ShouldBe(["after"]);
        second.GetProperty("lines")[0].GetProperty("runs")[0].GetProperty("classes").GetString().ShouldBe("f3");
    }

    [Theory]
    [InlineData("site")]
    [InlineData("site-8002")]
    public async Task Live_lines_carry_their_time_and_those_of_before_say_that_they_are_older(string name)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Write("site-8002", "before\n");
        await using var dashboard = await ConnectAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, $"/live?topics=console&name={name}");
        var before = (await live.NextAsync("lines")).GetProperty("lines").EnumerateArray().Last();
        before.GetProperty("time").GetString()!.ShouldMatch(@"^≤ \d\d:\d\d:\d\d\.\d\d\d$");
        before.GetProperty("isApproximate").GetBoolean().ShouldBeTrue();

        host.Write("site-8002", "after\n");

        var line = (await live.NextAsync("lines")).GetProperty("lines")[0];
        line.GetProperty("replica").GetString().ShouldBe("site-8002");
        line.GetProperty("time").GetString()!.ShouldMatch(@"^\d\d:\d\d:\d\d\.\d\d\d$");
    }

    [Fact]
    public async Task Another_process_of_a_replica_begins_with_a_mark()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(Sample.Replica("site-8001", 8001) with { Generation = 3, Pid = 4711 }));
        host.Write("site-8001", "one\n");
        host.Write("site-8001", "two\n", generation: 2);
        host.Write("site-8001", "three\n", generation: 3);
        host.Write("site-8001", "still three\n", generation: 3);
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/consolelogs/resource/site-8001");
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=console&name=site-8001");

        var lines = page.QuerySelectorAll("#lines code").Select(e => e.TextContent).ToList();
        lines.Where((_, i) => i is 1 or 3 or 5 or 6).ShouldBe(["one", "two", "three", "still three"]);
        lines[0].ShouldBe("The first process started, generation 1");
        lines[2].ShouldBe("Another process started, generation 2");
        lines[4].ShouldMatch(@"^Process 4711 started at \d\d:\d\d:\d\d, generation 3$");
        page.QuerySelectorAll("#lines .out[data-mark]").Length.ShouldBe(3);
        (await live.NextAsync("lines")).GetProperty("lines").EnumerateArray().Count(line => line.TryGetProperty("mark", out _)).ShouldBe(3);
    }

    [Fact]
    public async Task Text_in_the_address_leaves_only_the_lines_that_contain_it()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        host.Write("site-8001", $"{Esc}[31mFai{Esc}[0mled <b>\n");
        host.Write("site-8001", "Now listening\n");
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/consolelogs/resource/site-8001?q=failed+%3Cb%3E");
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=console&name=site-8001&q=failed");
        Texts(await live.NextAsync("lines")).ShouldBe(["Failed <b>"]);
        host.Write("site-8001", "not this\n");
        host.Write("site-8001", "failed again\n");

        Lines(page).ShouldBe(["Failed <b>"]);
        page.QuerySelector("#search")!.GetAttribute("value").ShouldBe("failed <b>");
        Texts(await live.NextAsync("lines")).ShouldBe(["failed again"]);
    }

    [Fact]
    public async Task A_page_goes_on_from_its_last_line()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Write("site-8001", "one\n");
        host.Write("site-8002", $"{Esc}[33mtwo\n");
        await using var dashboard = await ConnectAsync();
        var place = (await dashboard.OpenAsync("/consolelogs/resource/site")).QuerySelector("#console")!.GetAttribute("data-place")!;
        host.Write("site-8002", "three\n");

        await using var live = await LiveReader.OpenAsync(dashboard, $"/live?topics=console&name=site&place={Uri.EscapeDataString(place)}");

        var lines = await live.NextAsync("lines");
        lines.GetProperty("reset").GetBoolean().ShouldBeFalse();
        Texts(lines).ShouldBe(["three"]);
        lines.GetProperty("lines")[0].GetProperty("runs")[0].GetProperty("classes").GetString().ShouldBe("f3", "the colour of the line before is in force");
    }

    [Theory]
    [InlineData("site-8001:0:00000000")]
    [InlineData("site-8001:50:00000000")]
    public async Task A_page_whose_last_line_is_gone_begins_again(string place)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        host.Write("site-8001", "one\n");
        host.Write("site-8001", "two\n");
        await using var dashboard = await ConnectAsync();

        await using var live = await LiveReader.OpenAsync(dashboard, $"/live?topics=console&name=site-8001&place={Uri.EscapeDataString(place)}");

        var lines = await live.NextAsync("lines");
        lines.GetProperty("reset").GetBoolean().ShouldBeTrue();
        Texts(lines).ShouldContain("two");
    }

    [Fact]
    public async Task Stream_finds_the_AppHost_again_after_its_restart()
    {
        var host = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        host.Write("site-8001", "first life\n");
        await using var dashboard = await ConnectAsync();
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=console&name=site-8001");
        await live.NextAsync("lines");
        await host.DisposeAsync();

        await using var second = await FakeAppHost.StartAsync(Socket, Sample.Site(1));
        second.Write("site-8001", "second life\n");

        var lines = await live.NextAsync("lines");
        lines.GetProperty("reset").GetBoolean().ShouldBeTrue();
        Texts(lines).ShouldBe(["second life"]);
    }

    [Fact]
    public async Task Unknown_name_lists_the_known_ones()
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2), Sample.Nginx());
        await using var dashboard = await ConnectAsync();

        var page = await dashboard.OpenAsync("/consolelogs/resource/sit%2Fe", HttpStatusCode.NotFound);

        page.QuerySelector("h1")!.TextContent.ShouldBe("There is no resource or replica 'sit/e'");
        page.QuerySelectorAll("main li a").Select(a => a.GetAttribute("href")).ShouldBe(["/consolelogs/resource/site", "/consolelogs/resource/nginx"]);
    }

    [Theory]
    [InlineData("site-8001", $"{Esc}[31mred{Esc}[0m <html>\n")]
    [InlineData("site", $"site-8001 | {Esc}[31mred{Esc}[0m <html>\n")]
    public async Task Raw_download_is_the_text_as_it_is_and_never_a_page(string name, string expected)
    {
        await using var host = await FakeAppHost.StartAsync(Socket, Sample.Site(2));
        host.Write("site-8001", $"{Esc}[31mred{Esc}[0m <html>\n");
        await using var dashboard = await ConnectAsync();

        using var answer = await dashboard.Browser.GetAsync($"/consolelogs/resource/{name}/raw");

        (await answer.Content.ReadAsStringAsync()).ShouldBe(expected);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.ToString().ShouldStartWith($"attachment; filename={name}.log");
    }

    [Fact]
    public async Task Without_AppHost_the_page_says_why_it_is_empty()
    {
        await using var dashboard = await TestDashboard.StartAsync(Socket);

        var page = await dashboard.OpenAsync("/consolelogs/resource/site");

        page.QuerySelector("#notice")!.TextContent.ShouldStartWith("The AppHost does not answer, so there is no console output to show.");
        page.QuerySelector("#notice")!.HasAttribute("hidden").ShouldBeFalse();
        using var raw = await dashboard.Browser.GetAsync("/consolelogs/resource/site/raw");
        raw.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
    }

    private async Task<TestDashboard> ConnectAsync()
    {
        var dashboard = await TestDashboard.StartAsync(Socket);
        await using var live = await LiveReader.OpenAsync(dashboard, "/live?topics=health");
        await live.NextAsync("health", h => !h.GetProperty("stale").GetBoolean());
        return dashboard;
    }

    private static List<string> Lines(IParentNode page) => [.. page.QuerySelectorAll("#lines .out:not([data-mark]) code").Select(e => e.TextContent)];

    private static List<string> Texts(JsonElement batch) =>
        [.. batch.GetProperty("lines").EnumerateArray().Where(l => !l.TryGetProperty("mark", out _)).Select(l => string.Concat(l.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("text").GetString())))];
}
