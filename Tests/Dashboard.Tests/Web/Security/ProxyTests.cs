using System.Net;

namespace Stack.Dashboard.Tests.Web.Security;

/// <summary>Whose word about the client is taken.</summary>
public sealed class ProxyTests
{
    [Fact]
    public async Task A_named_proxy_tells_scheme_host_and_address()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(
            settings: ["--Dashboard:Frontend:TrustedProxies=127.0.0.1", "--Dashboard:Frontend:PublicUrl=https://stack.example.com/"]);

        using var page = await GetAsync(dashboard, "/structuredlogs", "203.0.113.7");
        using var login = await GetAsync(dashboard, $"/login?t={TestDashboard.Token}", "203.0.113.7");
        using var foreign = await GetAsync(dashboard, "/structuredlogs", "203.0.113.7", host: "evil.example");

        page.Headers.Location!.ToString().ShouldStartWith("https://stack.example.com/login?returnUrl=");
        login.Headers.GetValues("Set-Cookie").Single().ShouldContain("; secure");
        foreign.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Clients_of_a_named_proxy_do_not_lock_each_other_out()
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(settings: ["--Dashboard:Frontend:TrustedProxies=127.0.0.0/8", "--Dashboard:Frontend:PublicUrl=https://stack.example.com/"]);
        for (var i = 0; i < 10; i++)
        {
            (await GetAsync(dashboard, "/login?t=wrong", "203.0.113.7")).Dispose();
        }

        using var locked = await GetAsync(dashboard, $"/login?t={TestDashboard.Token}", "203.0.113.7");
        using var other = await GetAsync(dashboard, $"/login?t={TestDashboard.Token}", "203.0.113.8");

        locked.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        other.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.7")]
    public async Task Anybody_else_is_not_believed(string? proxies)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync(settings: proxies is null ? [] : [$"--Dashboard:Frontend:TrustedProxies={proxies}"]);
        for (var i = 0; i < 10; i++)
        {
            (await GetAsync(dashboard, "/login?t=wrong", $"203.0.113.{i}")).Dispose();
        }

        using var page = await GetAsync(dashboard, "/structuredlogs", "203.0.113.7", host: "evil.example");
        using var login = await GetAsync(dashboard, $"/login?t={TestDashboard.Token}", "203.0.113.99");

        page.Headers.Location!.ToString().ShouldStartWith(dashboard.Url.ToString());
        login.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    private static Task<HttpResponseMessage> GetAsync(TestDashboard dashboard, string path, string client, string host = "stack.example.com") =>
        dashboard.Browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { { "X-Forwarded-For", client }, { "X-Forwarded-Proto", "https" }, { "X-Forwarded-Host", host } },
        });
}
