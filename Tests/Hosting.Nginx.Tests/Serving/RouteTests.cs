using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class RouteTests : IAsyncLifetime
{
    private Sites _sites = null!;

    private string Site => $"{_sites[0].Port}";

    private string Api => $"{_sites[1].Port}";

    private string Admin => $"{_sites[2].Port}";

    public async ValueTask InitializeAsync() => _sites = await Sites.StartAsync(3);

    public ValueTask DisposeAsync() => _sites.DisposeAsync();

    [Theory]
    [InlineData("/api", "api /")]
    [InlineData("/api/", "api /")]
    [InlineData("/api/port", "api /port")]
    [InlineData("/api/v2/port", "site /api/v2/port")]
    [InlineData("/apiary", "site /apiary")]
    [InlineData("/API/port", "site /API/port")]
    [InlineData("/plain/port?a=%2Fb", "api /plain/port?a=%2Fb")]
    [InlineData("/plain/a%2Fb", "api /plain/a%2Fb")]
    [InlineData("/api/a%2Fb?q=%2F", "api /a/b?q=%2F")]
    [InlineData("/", "site /")]
    public async Task The_longest_path_wins_and_the_site_sees_what_it_shall(string asked, string seen)
    {
        await using var nginx = await StartAsync([new(null, [new("/", "site"), new("/api", "api") { StripPrefix = true }, new("/api/v2", "site"), new("/plain", "api")])]);

        (await SeenAsync(nginx, asked)).ShouldBe(seen.Replace("site", Site, StringComparison.Ordinal).Replace("api /", $"{Api} /", StringComparison.Ordinal));
        await SetFlagAsync(nginx, "closing");
        (await SeenAsync(nginx, asked)).ShouldBe(seen.Replace("site", Site, StringComparison.Ordinal).Replace("api /", $"{Api} /", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_site_is_told_the_part_of_the_path_that_it_does_not_see()
    {
        await using var nginx = await StartAsync([new(null, [new("/", "site"), new("/api", "api") { StripPrefix = true }])]);

        (await HeadersAsync(nginx, "/api/headers"))["X-Forwarded-Prefix"].ShouldBe("/api");
        (await HeadersAsync(nginx, "/headers")).ShouldNotContainKey("X-Forwarded-Prefix");
        await SetFlagAsync(nginx, "api.drain");
        (await HeadersAsync(nginx, "/api/headers"))["X-Forwarded-Prefix"].ShouldBe("/api");
    }

    [Fact]
    public async Task Hosts_lead_to_their_sites_and_others_to_the_default()
    {
        await using var nginx = await StartAsync([new(null, [new("/", "site")]), new("api.example", [new("/", "api"), new("/files", "site")]), new("*.admin.example", [new("/v1", "admin")])]);

        (await AskAsync(nginx, "unknown.example", "/")).ShouldBe((HttpStatusCode.OK, Site));
        (await AskAsync(nginx, "api.example", "/")).ShouldBe((HttpStatusCode.OK, Api));
        (await AskAsync(nginx, "API.example:8080", "/")).ShouldBe((HttpStatusCode.OK, Api));
        (await AskAsync(nginx, "api.example", "/files/port")).Body.ShouldBe($"{Site} /files/port");
        (await AskAsync(nginx, "a.admin.example", "/v1/port")).Body.ShouldBe($"{Admin} /v1/port");
        (await AskAsync(nginx, "a.admin.example", "/")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Where_only_named_hosts_are_served_others_get_421_and_the_supervisor_its_answer()
    {
        await using var nginx = await StartAsync([new(null, []), new("www.example", [new("/", "site")]) { Aliases = ["example"] }], new() { HostsOnly = true });

        (await AskAsync(nginx, "www.example", "/")).ShouldBe((HttpStatusCode.OK, Site));
        (await AskAsync(nginx, "example", "/")).ShouldBe((HttpStatusCode.OK, Site));
        (await AskAsync(nginx, "evil.example", "/")).Status.ShouldBe(HttpStatusCode.MisdirectedRequest);
        (await AskAsync(nginx, "127.0.0.1", NginxNames.HealthPath)).Status.ShouldBe(HttpStatusCode.OK);
        _sites[1].Requests.ShouldBe(0);
    }

    [Fact]
    public async Task A_POST_goes_to_a_second_replica_only_where_that_is_asked_for()
    {
        await using var nginx = await RunningNginx.StartAsync(NginxRuntime.Process, _sites.Ports, change: request => request with
        {
            Hosts = [new(null, [new("/", "site"), new("/cut/safe", "site") { Idempotent = true }])],
        });

        // Each replica cuts the first connection that asks for this after having read the request.
        using var once = await nginx.Client.PostAsync("/cut/a", new StringContent("x"), TestContext.Current.CancellationToken);
        using var again = await nginx.Client.PostAsync("/cut/safe/b", new StringContent("x"), TestContext.Current.CancellationToken);

        once.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        again.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        Enumerable.Range(0, 3).Sum(site => _sites[site].Cut("a")).ShouldBe(1);
        Enumerable.Range(0, 3).Sum(site => _sites[site].Cut("safe/b")).ShouldBe(3);
    }

    [Fact]
    public async Task A_balancer_in_front_may_say_who_the_client_is_and_nobody_else_may()
    {
        await using var trusting = await StartAsync([new(null, [new("/", "site")])], new() { TrustedProxies = ["127.0.0.0/8", "10.0.0.0/8"] });
        await using var strict = await StartAsync([new(null, [new("/", "site")])], new() { TrustedProxies = ["192.0.2.1"] });

        var believed = await HeadersAsync(trusting, "/headers", ("X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.0.0.3"), ("X-Forwarded-Proto", "https"));
        var odd = await HeadersAsync(trusting, "/headers", ("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", "gopher"));
        var not = await HeadersAsync(strict, "/headers", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"));

        (believed["X-Forwarded-For"], believed["X-Real-IP"], believed["X-Forwarded-Proto"]).ShouldBe(("198.51.100.7", "198.51.100.7", "https"));
        odd["X-Forwarded-Proto"].ShouldBe("http");
        (not["X-Forwarded-For"], not["X-Forwarded-Proto"]).ShouldBe(("127.0.0.1", "http"));
    }

    private Task<RunningNginx> StartAsync(IReadOnlyList<HostPlan> hosts, GatewayOptions? options = null) => RunningNginx.StartAsync(NginxRuntime.Process, [], change: request => request with
    {
        Upstreams = [Upstream("site", 0), Upstream("api", 1), Upstream("admin", 2)],
        Hosts = hosts,
        Options = options ?? new(),
    });

    private UpstreamPlan Upstream(string name, int site) => new(name, [new IPEndPoint(IPAddress.Loopback, _sites[site].Port)]);

    private static async Task SetFlagAsync(RunningNginx nginx, string name) =>
        await File.WriteAllTextAsync(Path.Combine(nginx.Request.Folder, NginxNames.FlagFolder, name), "", TestContext.Current.CancellationToken);

    private static async Task<string> SeenAsync(RunningNginx nginx, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{nginx.Port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Add("X-Show", "path");
        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(RunningNginx nginx, string host, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path) { Headers = { Host = host } };
        if (path.Length > 1)
        {
            request.Headers.Add("X-Show", "path");
        }

        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<Dictionary<string, string>> HeadersAsync(RunningNginx nginx, string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new((await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(TestContext.Current.CancellationToken))!, StringComparer.OrdinalIgnoreCase);
    }
}
