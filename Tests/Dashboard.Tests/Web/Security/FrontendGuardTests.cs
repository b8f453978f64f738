using System.Net;

namespace Stack.Dashboard.Tests.Web.Security;

public sealed class FrontendGuardTests
{
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'";

    [Theory]
    [InlineData("/", 302)]
    [InlineData("/login", 200)]
    [InlineData("/css/stack.css", 200)]
    [InlineData("/js/logs.js", 200)]
    [InlineData("/nothing", 302)]
    [InlineData("/live", 401)]
    public async Task Every_answer_carries_the_security_headers(string path, int status)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync(path);

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe([Policy]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"]);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/structuredlogs")]
    [InlineData("/login")]
    public async Task Pages_have_nothing_inline_that_the_policy_would_block(string path)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        if (path is not "/login")
        {
            (await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();
        }

        var page = await dashboard.OpenAsync(path);

        page.QuerySelectorAll("[style], style").ShouldBeEmpty();
        page.QuerySelectorAll("script").ShouldAllBe(s => s.HasAttribute("src") && s.TextContent.Length == 0);
        page.QuerySelectorAll("*").SelectMany(e => e.Attributes).ShouldAllBe(a => !a.Name.StartsWith("on"));
        page.QuerySelectorAll("script, link[href]").Select(e => e.GetAttribute("src") ?? e.GetAttribute("href")!).ShouldAllBe(url => url.StartsWith('/'));
    }

    [Theory]
    [InlineData("/css/stack.css", "text/css")]
    [InlineData("/js/shell.js", "text/javascript")]
    [InlineData("/js/morph.js", "text/javascript")]
    [InlineData("/js/console.js", "text/javascript")]
    [InlineData("/js/resources.js", "text/javascript")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    public async Task Assets_are_served_without_login_and_checked_by_etag(string path, string type)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty();
        answer.Headers.ETag.ShouldNotBeNull();
        answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:18888")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    public async Task Foreign_host_is_refused_before_anything_else(string host)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await SendAsync(dashboard, host);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            $"The dashboard does not answer for the host '{host.Split(':')[0]}'. Open it by its own address, or set Dashboard:Frontend:PublicUrl to the address you use.\n");
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe([Policy]);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:18888")]
    [InlineData("LOCALHOST:1")]
    [InlineData("stack.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("192.0.2.7:18888")]
    [InlineData("[::1]:18888")]
    [InlineData("stack.example.com")]
    public async Task Own_names_addresses_and_the_public_one_are_answered(string host)
    {
        await using var dashboard = await TestDashboard.StartAsync(settings: "--Dashboard:Frontend:PublicUrl=https://stack.example.com/");

        using var answer = await SendAsync(dashboard, host);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unknown_page_is_a_404_that_leads_back()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        var page = await dashboard.OpenAsync("/no/<such>/page", HttpStatusCode.NotFound);

        page.QuerySelector("h1")!.TextContent.ShouldBe("There is no such page");
        page.QuerySelector("main p")!.TextContent.ShouldBe("Nothing is at '/no/<such>/page'.");
        page.QuerySelectorAll("main a").Select(a => a.GetAttribute("href")).ShouldBe(["/resources", "/structuredlogs"]);
    }

    private static Task<HttpResponseMessage> SendAsync(TestDashboard dashboard, string host) =>
        dashboard.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/structuredlogs") { Headers = { Host = host } });
}
