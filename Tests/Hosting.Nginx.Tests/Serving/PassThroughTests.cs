using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>What passes between clients and replicas, and what does not.</summary>
[Trait("kind", "process")]
public sealed class PassThroughTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("<script>alert(1)</script>")]
    public async Task A_request_without_a_harmless_id_gets_one(string? id)
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using HttpRequestMessage request = new(HttpMethod.Get, "/headers");
        if (id is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Request-ID", id);
        }

        using var response = await nginx.Client.SendAsync(request, Cancelled);
        var headers = await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(Cancelled);

        headers.ShouldNotBeNull()["X-Request-ID"].ShouldMatch("^[0-9a-f]{32}$");
    }

    [Fact]
    public async Task Security_headers_are_added_but_never_twice()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        using var plain = await nginx.Client.GetAsync("/", Cancelled);
        using var own = await nginx.Client.GetAsync("/own-headers", Cancelled);

        plain.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        plain.Headers.GetValues("Referrer-Policy").ShouldBe(["strict-origin-when-cross-origin"]);
        plain.Headers.GetValues("Server").ShouldBe(["nginx"]);
        own.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        own.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
    }

    [Fact]
    public async Task Bodies_pass_up_to_the_limit_of_the_site()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        using StringContent small = new("hello");
        using ByteArrayContent large = new(new byte[29_000_000]);
        using ByteArrayContent tooLarge = new(new byte[32_000_000]);
        using var echo = await nginx.Client.PostAsync("/echo", small, Cancelled);
        using var length = await nginx.Client.PostAsync("/length", large, Cancelled);
        using var refused = await nginx.Client.PostAsync("/length", tooLarge, Cancelled);

        (await echo.Content.ReadAsStringAsync(Cancelled)).ShouldBe("hello");
        (await length.Content.ReadAsStringAsync(Cancelled)).ShouldBe("29000000");
        refused.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Large_cookies_pass_both_ways()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using HttpRequestMessage request = new(HttpMethod.Get, "/headers");
        request.Headers.Add("Cookie", $"id={new string('x', 15_000)}");

        using var sent = await nginx.Client.SendAsync(request, Cancelled);
        using var received = await nginx.Client.GetAsync("/cookie", Cancelled);

        sent.StatusCode.ShouldBe(HttpStatusCode.OK);
        received.Headers.GetValues("Set-Cookie").Single().Length.ShouldBe(12_003);
    }

    [Fact]
    public async Task WebSockets_pass_and_connections_are_still_used_again()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using ClientWebSocket socket = new();

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{nginx.Port}/socket"), Cancelled);
        await socket.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, Cancelled);
        var buffer = new byte[64];
        var received = await socket.ReceiveAsync(buffer, Cancelled);
        await GatewayTests.GetManyAsync(nginx, 50);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled);

        Encoding.UTF8.GetString(buffer, 0, received.Count).ShouldBe("hello");
        sites.Connections.ShouldBeLessThan(6);
    }

    [Fact]
    public async Task Events_arrive_while_the_response_goes_on()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        using var response = await nginx.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancelled));
        var first = await reader.ReadLineAsync(Cancelled);
        sites[0].SendNextEvent();
        await reader.ReadLineAsync(Cancelled);
        var second = await reader.ReadLineAsync(Cancelled);

        first.ShouldBe("data: first");
        second.ShouldBe("data: second");
    }

    [Fact]
    public async Task What_the_site_says_about_its_own_errors_passes_unchanged()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);

        using var response = await nginx.Client.GetAsync("/problem", Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain("\"detail\":\"broken\"");
        sites.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/health/")]
    [InlineData("/Alive")]
    [InlineData("/stack-errors/502.html")]
    public async Task What_is_nobodys_business_outside_is_not_found(string path)
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        using var response = await nginx.Client.GetAsync(path, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        sites.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "1.2.3.4")]
    [InlineData("Forwarded", "for=1.2.3.4")]
    [InlineData("Via", "1.1 proxy")]
    public async Task The_supervisors_check_is_not_found_through_another_proxy(string header, string value)
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using HttpRequestMessage request = new(HttpMethod.Get, "/nginx-health");
        request.Headers.Add(header, value);

        using var response = await nginx.Client.SendAsync(request, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_POST_is_never_executed_twice()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);
        var failed = 0;
        var sent = 0;
        var clients = Enumerable.Range(0, 8).Select(async client =>
        {
            for (var number = 0; number < 200; number++)
            {
                using StringContent body = new($"{client}-{number}");
                using var response = await nginx.Client.PostAsync("/echo", body, Cancelled);
                Interlocked.Add(ref failed, response.IsSuccessStatusCode ? 0 : 1);
                Interlocked.Increment(ref sent);
            }
        }).ToList();

        await Wait.Until(() => sent > 400, what: "POST requests are served");
        var first = sites[0];
        await first.VanishAsync();
        await Task.WhenAll(clients);

        var executed = first.Posts.Concat(sites[1].Posts).ToList();
        executed.Distinct().Count().ShouldBe(executed.Count);
        executed.Count.ShouldBeInRange(1600 - failed, 1600);
        failed.ShouldBeLessThan(20);
    }

    private static Task<RunningNginx> StartAsync(Sites sites, Action<string>? edit = null) => RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, edit);
}
