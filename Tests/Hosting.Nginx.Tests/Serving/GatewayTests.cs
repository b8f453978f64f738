using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Status;
using Stack.Hosting.Nginx.Tests.Status;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>What has to be the same whether Nginx is a process or a container.</summary>
[Trait("kind", "process")]
public abstract class GatewayTests(NginxRuntime runtime)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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
    public async Task A_hundred_requests_at_a_time_use_the_connections_of_the_hundred_before()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);

        foreach (var wave in (string[])["first", "second", "third"])
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => nginx.Client.GetStringAsync($"/gather/{wave}/100", Cancelled)));
        }

        sites.Requests.ShouldBe(300);
        sites.Connections.ShouldBe(100);
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
        headers["traceparent"].ShouldNotContain("0af7651916cd43dd8448eb211c80319c");
        headers.Keys.ShouldNotContain("Connection");
        headers.Keys.ShouldNotContain("Upgrade");
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
            await Wait.Until(() => served > 500 * (index + 1), what: "requests are served");
            await sites[index].VanishAsync();
            var at = served;
            await Wait.Until(() => served > at + 500, what: "requests are served without the replica");
            await sites.RestartAsync(index);
            await Wait.Until(() => sites[index].Requests > 10, what: "the replica serves again");
        }

        await done.CancelAsync();
        await Task.WhenAll(clients);
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
    public async Task Connections_of_clients_are_counted_and_asking_for_them_does_not_show()
    {
        await using var sites = await Sites.StartAsync(1);
        await using var nginx = await StartAsync(sites);
        using ConnectionMeter meter = new();
        using MeterLines lines = new(meter);
        using CancellationTokenSource stop = new();
        var watching = new ConnectionWatch(nginx.AdminSocket, meter, TimeSpan.FromMilliseconds(50), TimeProvider.System).RunAsync(stop.Token);
        try
        {
            // The client has one connection, by which it found that Nginx answers.
            await Wait.Until(() => lines.Read() == "accepted 0, active 1, handled 0, reading 0, waiting 1, writing 0", lines.Read);

            using var answered = await nginx.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
            using TcpClient silent = new();
            await silent.ConnectAsync(IPAddress.Loopback, nginx.Port, Cancelled);
            using TcpClient idle = new();
            await idle.ConnectAsync(IPAddress.Loopback, nginx.Port, Cancelled);
            await idle.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Cancelled);

            await Wait.Until(() => lines.Read() == "accepted 2, active 3, handled 2, reading 0, waiting 2, writing 1", lines.Read);
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
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

    internal static async Task GetManyAsync(RunningNginx nginx, int count)
    {
        for (var request = 0; request < count; request++)
        {
            await nginx.Client.GetStringAsync("/", Cancelled);
        }
    }
}
