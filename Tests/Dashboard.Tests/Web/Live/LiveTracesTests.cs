namespace Stack.Dashboard.Tests.Web.Live;

public sealed class LiveTracesTests
{
    [Fact]
    public async Task New_traces_that_match_are_counted_once_each_and_what_was_on_the_page_is_not_new()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, Request(1));
        var page = await dashboard.OpenAsync("/traces?from=0&resource=site");
        await using var live = await LiveReader.OpenAsync(dashboard, $"/live?topics=traces&from=0&resource=site&after={page.QuerySelector("#traces")!.GetAttribute("data-newest")}");
        await live.NextAsync("ping");

        // The gateway's span of what is on the page already, and one more of it.
        await SentSpan.SendAsync(dashboard, Gateway(1), Request(1, "b"));
        await SentSpan.SendAsync(dashboard, Gateway(2));
        await SentSpan.SendAsync(dashboard, Request(3), Request(3, "b"));
        var one = await live.NextAsync("traces");
        await SentSpan.SendAsync(dashboard, Request(2));
        var two = await live.NextAsync("traces");

        (one.GetProperty("count").GetInt32(), one.GetProperty("text").GetString()).ShouldBe((1, "1 new trace"));
        (two.GetProperty("count").GetInt32(), two.GetProperty("text").GetString()).ShouldBe((2, "2 new traces"));
    }

    [Fact]
    public async Task Page_of_older_traces_stands_still()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await SentSpan.SendAsync(dashboard, Request(1));

        var newest = await dashboard.OpenAsync("/traces?from=0");
        var older = await dashboard.OpenAsync("/traces?from=0&before=99999999999999999.99999999999999999");

        (newest.QuerySelector("#traces")!.GetAttribute("data-live"), older.QuerySelector("#traces")!.GetAttribute("data-live")).ShouldBe(("true", null));
        newest.QuerySelector("#pending")!.HasAttribute("hidden").ShouldBeTrue();
    }

    private static SentSpan Request(int trace, string part = "a") => new($"{trace:x32}", $"{trace:x15}{part}", "GET /");

    private static SentSpan Gateway(int trace) => new($"{trace:x32}", $"{trace:x15}f", "GET", "nginx") { Service = "nginx" };
}
