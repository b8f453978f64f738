using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>What a client sees of a real Nginx in front of small sites. The same for a process and for a container.</summary>
[Trait("kind", "process")]
public abstract class GatewayTests(NginxRuntime runtime)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected NginxRuntime Runtime => runtime;

    [Fact]
    public async Task One_client_with_one_connection_is_served_by_all_replicas()
    {
        await using var sites = await Sites.StartAsync(4);
        await using var nginx = await StartAsync(sites);

        Dictionary<string, int> answers = new(StringComparer.Ordinal);
        for (var request = 0; request < 200; request++)
        {
            var answer = await nginx.Client.GetStringAsync("/", Cancelled);
            answers[answer] = answers.GetValueOrDefault(answer) + 1;
        }

        answers.Keys.ShouldBe(sites.Ports.Select(port => $"{port}"), ignoreOrder: true);
        answers.Values.Min().ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Connections_to_replicas_are_used_again()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);

        await GetManyAsync(nginx, 200);

        sites.Requests.ShouldBe(200);
        sites.Connections.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task Headers_tell_the_replica_what_the_client_asked_for_and_can_not_be_forged()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using HttpRequestMessage request = new(HttpMethod.Get, "/headers");
        request.Headers.Host = "shop.example:8443";
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Real-IP", "6.6.6.6");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");
        request.Headers.Add("Forwarded", "for=6.6.6.6");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.Headers.Add("X-Request-ID", "order-4711");

        using var response = await nginx.Client.SendAsync(request, Cancelled);
        var headers = await response.Content.ReadFromJsonAsync<Dictionary<string, string>>(Cancelled);

        headers.ShouldNotBeNull();
        headers["Host"].ShouldBe("shop.example:8443");
        headers["X-Forwarded-Host"].ShouldBe("shop.example:8443");
        headers["X-Forwarded-For"].ShouldBe("127.0.0.1");
        headers["X-Real-IP"].ShouldBe("127.0.0.1");
        headers["X-Forwarded-Proto"].ShouldBe("http");
        headers["X-Request-ID"].ShouldBe("order-4711");
        headers.Keys.ShouldNotContain("X-Forwarded-Prefix");
        headers.Keys.ShouldNotContain("Forwarded");
        headers.Keys.ShouldNotContain("traceparent");
        headers.Keys.ShouldNotContain("Connection");
        headers.Keys.ShouldNotContain("Upgrade");
    }

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
        await GetManyAsync(nginx, 50);
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
    public async Task No_GET_fails_when_a_replica_is_cut_off_in_the_middle_of_its_work_and_it_is_used_again_when_it_is_back()
    {
        await using var sites = await Sites.StartAsync(3);
        await using var nginx = await StartAsync(sites);
        await GetManyAsync(nginx, 50);
        using CancellationTokenSource done = new();
        var served = 0;
        var clients = Enumerable.Range(0, 8).Select(async _ =>
        {
            using HttpClient client = new() { BaseAddress = nginx.Client.BaseAddress };
            while (!done.IsCancellationRequested)
            {
                await client.GetStringAsync("/", Cancelled);
                Interlocked.Increment(ref served);
            }
        }).ToList();

        foreach (var index in new[] { 0, 1 })
        {
            await UntilAsync(() => served > 500 * (index + 1), "requests are served");
            await sites[index].VanishAsync();
            var at = served;
            await UntilAsync(() => served > at + 500, "requests are served without the replica");
            await sites.RestartAsync(index);
            await UntilAsync(() => sites[index].Requests > 10, "the replica serves again");
        }

        await done.CancelAsync();
        await Task.WhenAll(clients);
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

        await UntilAsync(() => sent > 400, "POST requests are served");
        var first = sites[0];
        await first.VanishAsync();
        await Task.WhenAll(clients);

        var executed = first.Posts.Concat(sites[1].Posts).ToList();
        executed.Distinct().Count().ShouldBe(executed.Count);
        executed.Count.ShouldBeInRange(1600 - failed, 1600);
        failed.ShouldBeLessThan(20);
    }

    [Fact]
    public async Task When_no_replica_answers_there_is_a_page_with_the_request_id()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);
        await sites[0].VanishAsync();
        await sites[1].VanishAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/echo") { Content = new StringContent("x") };
        request.Headers.Add("X-Request-ID", "order-4711");

        using var response = await nginx.Client.SendAsync(request, Cancelled);
        var page = await response.Content.ReadAsStringAsync(Cancelled);
        using var health = await nginx.Client.GetAsync("/nginx-health", Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.GetValues("X-Request-ID").ShouldBe(["order-4711"]);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.ShouldContain("Request id: <code>order-4711</code>");
        health.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_listens_on_the_loopback_address_only()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        var listening = (await File.ReadAllLinesAsync("/proc/net/tcp", Cancelled)).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words[3] == "0A" && words[1].EndsWith($":{nginx.Port:X4}", StringComparison.Ordinal))
            .Select(words => words[1]);

        listening.ShouldBe([$"0100007F:{nginx.Port:X4}"]);
    }

    [Fact]
    public async Task A_request_under_way_is_answered_when_it_is_stopped_and_then_nothing_is_left()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using var response = await nginx.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);

        var stopped = nginx.StopAsync();
        await nginx.WaitUntilPortIsClosedAsync();
        sites[0].SendNextEvent();
        var events = await response.Content.ReadAsStringAsync(Cancelled);

        events.ShouldEndWith("data: second\n\n");
        (await stopped).ShouldBe(0);
        await NothingIsLeftAsync(nginx);
    }

    [Fact]
    public async Task Killed_with_its_group_it_leaves_nothing()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        await nginx.KillAsync();

        await nginx.WaitUntilPortIsClosedAsync();
        await NothingIsLeftAsync(nginx);
    }

    [Fact]
    public async Task When_the_AppHost_is_killed_it_ends()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        nginx.SignalLeader(Signals.Term);

        await nginx.WaitUntilPortIsClosedAsync();
        await NothingIsLeftAsync(nginx);
    }

    private protected virtual Task<RunningNginx> StartAsync(Sites sites, Action<string>? edit = null) => RunningNginx.StartAsync(runtime, sites.Ports, edit);

    private protected abstract Task NothingIsLeftAsync(RunningNginx nginx);

    private protected static async Task GetManyAsync(RunningNginx nginx, int count)
    {
        for (var request = 0; request < count; request++)
        {
            await nginx.Client.GetStringAsync("/", Cancelled);
        }
    }

    private protected static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), $"waiting until {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
        }
    }
}
