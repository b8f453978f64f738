using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Stack.Dashboard.Tests.Web.Security;

public sealed class LoginTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/resources")]
    [InlineData("/structuredlogs?q=a%20b&level=Error")]
    [InlineData("/consolelogs/resource/site")]
    [InlineData("/nothing-here")]
    public async Task Page_without_login_leads_to_the_form_and_remembers_where_to_go(string path)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var target = new Uri(dashboard.Url, answer.Headers.Location!);
        target.AbsolutePath.ShouldBe("/login");
        Uri.UnescapeDataString(target.Query).ShouldBe($"?returnUrl={path}");
    }

    [Theory]
    [InlineData("/live?topics=health")]
    [InlineData("/live/session")]
    [InlineData("/fragments/resources")]
    [InlineData("/fragments/picker?name=site")]
    [InlineData("/api/telemetry/logs")]
    public async Task What_scripts_ask_for_answers_401_without_login(string path)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Login_link_gives_a_cookie_for_three_days_and_takes_the_token_out_of_the_address()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/");
        var cookie = answer.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldStartWith("stack-dashboard-");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=lax");
        cookie.ShouldContain("path=/");
        var expires = dashboard.Cookies.GetCookies(dashboard.Url).ShouldHaveSingleItem().Expires;
        (expires.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime).TotalHours.ShouldBe(72, tolerance: 0.1);
        await dashboard.OpenAsync("/structuredlogs");
        using var session = await dashboard.Browser.GetAsync("/live/session");
        session.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var api = await dashboard.Browser.GetAsync("/api/telemetry/resources");
        api.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Form_signs_in_and_goes_to_the_page_that_was_wanted()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        var form = await dashboard.OpenAsync("/login?returnUrl=%2Fstructuredlogs%3Fq%3Dx");

        using var answer = await SubmitAsync(dashboard, form, $" {TestDashboard.Token} ");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/structuredlogs?q=x");
        await dashboard.OpenAsync("/");
    }

    [Fact]
    public async Task Wrong_token_shows_the_form_again_with_the_reason_and_gives_no_session()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        var byLink = await dashboard.OpenAsync("/login?t=wrong", HttpStatusCode.Unauthorized);
        using var byForm = await SubmitAsync(dashboard, byLink, "wrong as well");

        byLink.QuerySelector("[role=alert]")!.TextContent.ShouldStartWith("This is not the token of this dashboard.");
        byForm.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var page = await dashboard.Browser.GetAsync("/");
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Token_of_viewers_signs_in_as_well()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(settings: "--Dashboard:Frontend:ViewerToken=for-the-wall");

        using var answer = await dashboard.Browser.GetAsync("/login?t=for-the-wall");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await dashboard.OpenAsync("/");
    }

    [Fact]
    public async Task Form_without_its_antiforgery_token_is_not_looked_at()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.PostAsync("/login", new FormUrlEncodedContent([new("token", TestDashboard.Token)]));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var page = await dashboard.Browser.GetAsync("/");
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task After_ten_wrong_tokens_even_the_right_one_has_to_wait()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        for (var i = 0; i < 10; i++)
        {
            await dashboard.OpenAsync($"/login?t=guess{i}", HttpStatusCode.Unauthorized);
        }

        using var answer = await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}");

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("Too many wrong tokens.");
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_another_site_after_the_login(string returnUrl)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}&returnUrl={Uri.EscapeDataString(returnUrl)}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();
        (await dashboard.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();
        var page = await dashboard.OpenAsync("/");
        using var forged = await dashboard.Browser.PostAsync("/logout", new FormUrlEncodedContent([]));
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        using var answer = await dashboard.Browser.PostAsync("/logout", new FormUrlEncodedContent([Antiforgery(page, "/logout")]));

        answer.Headers.Location!.ToString().ShouldBe("/login");
        using var after = await dashboard.Browser.GetAsync("/");
        after.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Session_outlives_a_restart_because_the_keys_are_kept_and_only_the_owner_can_read_them()
    {
        var folder = Directory.CreateTempSubdirectory("stack-dash-").FullName;
        try
        {
            Cookie cookie;
            await using (var first = await TestDashboard.StartSecuredAsync(folder: folder))
            {
                (await first.Browser.GetAsync($"/login?t={TestDashboard.Token}")).Dispose();
                cookie = first.Cookies.GetCookies(first.Url).ShouldHaveSingleItem();
            }

            await using var second = await TestDashboard.StartSecuredAsync(folder: folder);
            second.Cookies.Add(second.Url, new Cookie(cookie.Name, cookie.Value));

            await second.OpenAsync("/");
            File.GetUnixFileMode(Path.Combine(folder, "telemetry", "keys")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Unsecured_dashboard_asks_for_nothing_and_offers_no_sign_out()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        var page = await dashboard.OpenAsync("/");

        page.QuerySelector("form[action='/logout']").ShouldBeNull();
        using var login = await dashboard.Browser.GetAsync("/login?t=anything");
        login.Headers.Location!.ToString().ShouldBe("/");
    }

    [Fact]
    public async Task Theme_is_kept_in_a_cookie_and_written_into_the_page()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        var page = await dashboard.OpenAsync("/structuredlogs");
        page.DocumentElement.HasAttribute("data-theme").ShouldBeFalse();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/theme")
        {
            Content = new FormUrlEncodedContent([Antiforgery(page, "/theme"), new("theme", "dark")]),
            Headers = { Referrer = new Uri(dashboard.Url, "/structuredlogs?q=x") },
        };
        using var answer = await dashboard.Browser.SendAsync(request);

        answer.Headers.Location!.ToString().ShouldBe("/structuredlogs?q=x");
        (await dashboard.OpenAsync("/structuredlogs")).DocumentElement.GetAttribute("data-theme").ShouldBe("dark");
    }

    private static Task<HttpResponseMessage> SubmitAsync(TestDashboard dashboard, IHtmlDocument page, string token)
    {
        var fields = page.QuerySelectorAll<IHtmlInputElement>("form[action='/login'] input")
            .Select(i => KeyValuePair.Create(i.Name!, i.Name is "token" ? token : i.Value));
        return dashboard.Browser.PostAsync("/login", new FormUrlEncodedContent(fields));
    }

    private static KeyValuePair<string, string> Antiforgery(IHtmlDocument page, string action) =>
        new("__RequestVerificationToken", page.QuerySelector<IHtmlInputElement>($"form[action='{action}'] input[name=__RequestVerificationToken]")!.Value);
}
