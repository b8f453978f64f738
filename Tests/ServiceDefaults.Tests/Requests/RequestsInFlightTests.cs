using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Requests;

public class RequestsInFlightTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Request_is_in_flight_until_it_is_answered_and_the_report_does_not_count_itself()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/slow", async () =>
        {
            entered.SetResult();
            await leave.Task;
            return "done";
        }));
        using var client = site.CreateClient();

        var slow = client.GetStringAsync("/slow", TestContext.Current.CancellationToken);
        await entered.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        var during = await ReportAsync(client);
        leave.SetResult();
        await slow;

        during.ShouldBe((1, 0));
        await ShouldBecomeIdleAsync(client);
    }

    [Fact]
    public async Task Request_that_throws_is_no_longer_in_flight()
    {
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/", string () => throw new InvalidOperationException("broken")));
        using var client = site.CreateClient();

        using var answer = await client.GetAsync("/", TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(500);
        await ShouldBecomeIdleAsync(client);
    }

    [Fact]
    public async Task Event_stream_counts_as_long_lived()
    {
        var leave = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app => app.MapGet("/events", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await leave.Task;
        }));
        using var client = site.CreateClient();

        using var events = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var during = await ReportAsync(client);
        leave.SetResult();
        await events.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        during.ShouldBe((0, 1));
        await ShouldBecomeIdleAsync(client);
    }

    [Fact]
    public async Task Web_socket_counts_as_long_lived()
    {
        await using var site = await TestSite.StartAsync(sockets: true, pipeline: app =>
        {
            app.UseWebSockets();
            app.MapGet("/socket", async (HttpContext context) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[16], context.RequestAborted);
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            });
        });
        using var client = site.CreateClient();

        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(site.Address) { Scheme = "ws", Path = "/socket" }.Uri, TestContext.Current.CancellationToken);
        var during = await ReportAsync(client);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        during.ShouldBe((0, 1));
        await ShouldBecomeIdleAsync(client);
        (await site.SummaryAsync()).Values["StatusCode"].ShouldBe(101);
    }

    // A client has the whole answer a moment before the request is over.
    private static async Task ShouldBecomeIdleAsync(HttpClient client)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        for (var report = await ReportAsync(client); report != (0, 0); report = await ReportAsync(client))
        {
            limit.IsCancellationRequested.ShouldBeFalse($"The site should be idle, but reports {report}.");
        }
    }

    private static async Task<(int InFlight, int LongLived)> ReportAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive") { Headers = { Accept = { new("application/json") } } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        using var report = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (report.RootElement.GetProperty("inFlight").GetInt32(), report.RootElement.GetProperty("longLived").GetInt32());
    }
}
