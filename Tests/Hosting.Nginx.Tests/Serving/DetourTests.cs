using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Traffic;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>While a flag is set, requests go another way through Nginx. What passes is the same.</summary>
[Trait("kind", "process")]
public sealed class DetourTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What sets a flag, for a site whose drained replica is the first.</summary>
    public enum Detour
    {
        Drain,
        Closing,
        Both,
    }

    [Theory]
    [InlineData(Detour.Drain)]
    [InlineData(Detour.Closing)]
    [InlineData(Detour.Both)]
    public async Task Requests_pass_with_all_that_they_carry(Detour detour)
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, detour);
        using HttpRequestMessage asked = new(HttpMethod.Get, "/headers?a=b%2Fc");
        asked.Headers.Host = "shop.example:8443";
        asked.Headers.Add("X-Forwarded-For", "6.6.6.6");
        asked.Headers.Add("X-Request-ID", "order-4711");
        using ByteArrayContent large = new(new byte[5_000_000]);
        using StringContent small = new("hello");

        using var answer = await nginx.Client.SendAsync(asked, Cancelled);
        var headers = await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(Cancelled);
        using var length = await nginx.Client.PostAsync("/length", large, Cancelled);
        using var echo = await nginx.Client.PostAsync("/echo", small, Cancelled);
        using var problem = await nginx.Client.GetAsync("/problem", Cancelled);
        using var hidden = await nginx.Client.GetAsync("/health", Cancelled);

        headers.ShouldNotBeNull();
        (headers["Host"], headers["X-Forwarded-For"], headers["X-Request-ID"]).ShouldBe(("shop.example:8443", "127.0.0.1", "order-4711"));
        headers.Keys.ShouldNotContain("Connection");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await length.Content.ReadAsStringAsync(Cancelled)).ShouldBe("5000000");
        (await echo.Content.ReadAsStringAsync(Cancelled)).ShouldBe("hello");
        problem.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        problem.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await problem.Content.ReadAsStringAsync(Cancelled)).ShouldContain("\"detail\":\"broken\"");
        hidden.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (answer.Headers.ConnectionClose == true).ShouldBe(detour != Detour.Drain);
    }

    [Theory]
    [InlineData(Detour.Drain)]
    [InlineData(Detour.Closing)]
    [InlineData(Detour.Both)]
    public async Task Only_the_replica_with_the_flag_gets_none(Detour detour)
    {
        await using var sites = await Sites.StartAsync(3);
        await using var nginx = await StartAsync(sites, detour);

        await GatewayTests.GetManyAsync(nginx, 60);
        using var admin = UnixHttp.Client(() => nginx.AdminSocket, TimeSpan.FromSeconds(5));

        (await admin.GetStringAsync("/pool/site", Cancelled)).ShouldBe(detour == Detour.Closing ? "stack_site" : $"stack_site_but_{sites[0].Port}");
        (sites[0].Requests > 0).ShouldBe(detour == Detour.Closing);
        sites[1].Requests.ShouldBeGreaterThan(5);
        sites[2].Requests.ShouldBeGreaterThan(5);
        sites.Connections.ShouldBeLessThan(20);
    }

    [Theory]
    [InlineData(Detour.Drain)]
    [InlineData(Detour.Closing)]
    [InlineData(Detour.Both)]
    public async Task WebSockets_and_events_pass_and_outlive_the_flag(Detour detour)
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, detour);

        using var socket = await WebSocketClient.OpenAsync(nginx.Port);
        await socket.EchoAsync("flag");
        using var response = await nginx.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using StreamReader events = new(await response.Content.ReadAsStreamAsync(Cancelled));
        (await events.ReadLineAsync(Cancelled).AsTask().Within()).ShouldBe("data: first");
        Flags(nginx).Reset();
        sites[0].SendNextEvent();
        sites[1].SendNextEvent();

        (await events.ReadLineAsync(Cancelled).AsTask().Within()).ShouldBe("");
        (await events.ReadLineAsync(Cancelled).AsTask().Within()).ShouldBe("data: second");
        await socket.EchoAsync("no flag");
    }

    [Theory]
    [InlineData(Detour.Drain)]
    [InlineData(Detour.Closing)]
    [InlineData(Detour.Both)]
    public async Task When_no_replica_answers_there_is_the_page_with_the_request_id(Detour detour)
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, detour);
        await sites[0].VanishAsync();
        await sites[1].VanishAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/echo") { Content = new StringContent("x") };
        request.Headers.Add("X-Request-ID", "order-4711");

        using var response = await nginx.Client.SendAsync(request, Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        response.Headers.GetValues("X-Request-ID").ShouldBe(["order-4711"]);
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldContain("Request id: <code>order-4711</code>");
    }

    [Fact]
    public async Task Workers_that_can_not_get_into_the_folder_of_flags_see_none()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites, Detour.Drain);
        using var admin = UnixHttp.Client(() => nginx.AdminSocket, TimeSpan.FromSeconds(5));
        (await admin.GetStringAsync("/pool/site", Cancelled)).ShouldBe($"stack_site_but_{sites[0].Port}");

        File.SetUnixFileMode(nginx.Flags, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        (await admin.GetStringAsync("/pool/site", Cancelled)).ShouldBe("stack_site");
    }

    private static FlagFolder Flags(RunningNginx nginx) => new(nginx.Flags);

    private static async Task<RunningNginx> StartAsync(Sites sites, Detour detour)
    {
        var nginx = await RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports);
        var flags = Flags(nginx);
        flags.Reset();
        if (detour != Detour.Closing)
        {
            flags.Drain("site", sites[0].Port);
        }

        if (detour != Detour.Drain)
        {
            flags.BeginClosing();
        }

        return nginx;
    }
}
