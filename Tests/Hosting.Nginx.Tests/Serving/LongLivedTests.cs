using System.Net;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>WebSockets, server-sent events and long polls through a real Nginx to a site of the engine, which configures nothing for them.</summary>
[Trait("kind", "process")]
public sealed class LongLivedTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_arrives_when_it_is_sent_and_not_when_there_are_more()
    {
        await using var app = await RunningApp.StartAsync(replicas: 1);

        using var events = await EventReader.OpenAsync(app, "every=50&count=3");

        (await events.NextAsync()).ShouldEndWith(" 0");
        (await events.NextAsync()).ShouldEndWith(" 1");
        (await events.NextAsync()).ShouldEndWith(" 2");
    }

    [Fact]
    public async Task Events_of_one_stream_go_on_over_changes_of_the_configuration()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        using var events = await EventReader.OpenAsync(app, "every=50");
        var first = await events.NextAsync();

        await app.ScaleAsync(3);
        await app.ScaleAsync(2);
        List<string> more = [];
        for (var number = 1; number < 40; number++)
        {
            more.Add(await events.NextAsync());
        }

        more.ShouldBe(Enumerable.Range(1, 39).Select(number => $"{first[..^2]} {number}"));
    }

    [Fact]
    public async Task A_WebSocket_carries_both_ways_over_changes_of_the_configuration()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        using var socket = await WebSocketClient.OpenAsync(app.Port);
        (await socket.ReceiveAsync()).ShouldStartWith("site-");

        foreach (var replicas in (int[])[3, 2])
        {
            await socket.EchoAsync($"before {replicas}");
            await app.ScaleAsync(replicas);
            await socket.EchoAsync($"after {replicas}");
        }

        await socket.CloseAsync();
    }

    [Fact]
    public async Task A_roll_does_not_wait_for_WebSockets_and_events_to_end()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        using var socket = await WebSocketClient.OpenAsync(app.Port);
        using var events = await EventReader.OpenAsync(app, "every=50");
        (await socket.ReceiveAsync()).ShouldStartWith("site-");
        await events.NextAsync();
        var start = TimeProvider.System.GetTimestamp();

        var roll = app.CommandAsync("roll");
        while (!roll.IsCompleted && socket.IsOpen && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMilliseconds(700))
        {
            await socket.EchoAsync("during the drain");
        }

        var (status, said) = await roll;

        // A drain has 30 s for requests that end.
        status.ShouldBe(HttpStatusCode.OK, said);
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(28));
        using var again = await WebSocketClient.OpenAsync(app.Port);
        await again.ReceiveAsync();
        await again.EchoAsync("after the roll");
    }

    [Fact]
    public async Task A_long_poll_is_answered_by_the_replica_that_is_being_drained()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{app.Port}"), Timeout = TimeSpan.FromMinutes(1) };
        var before = await app.ReplicasAsync();
        var polls = Enumerable.Range(0, 4).Select(number => client.GetStringAsync($"/?id=poll-{number}&wait=5000", Cancelled)).ToList();
        await Wait.Until(() => app.Executed.Count(request => request.Id.StartsWith("poll-", StringComparison.Ordinal)) == 4, what: "the polls have reached the site");

        var (status, said) = await app.CommandAsync("roll");
        var answers = await Task.WhenAll(polls);

        status.ShouldBe(HttpStatusCode.OK, said);
        answers.Select(answer => answer.Split(' ')[2]).ShouldBe(["poll-0", "poll-1", "poll-2", "poll-3"]);
        answers.Select(answer => int.Parse(answer.Split(' ')[1])).Distinct().ShouldBe(before.Select(StrictLoadTests.Pid), ignoreOrder: true);
    }

    [Fact]
    public async Task A_long_poll_is_answered_when_the_site_answers()
    {
        await using var app = await RunningApp.StartAsync(replicas: 1);

        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{app.Port}"), Timeout = TimeSpan.FromMinutes(1) };
        var start = TimeProvider.System.GetTimestamp();
        var answer = await client.GetStringAsync("/?id=poll&wait=12000", Cancelled);

        answer.ShouldEndWith(" poll");
        TimeProvider.System.GetElapsedTime(start).ShouldBeGreaterThan(TimeSpan.FromSeconds(12));
        app.Executed.Count(request => request.Id == "poll").ShouldBe(1);
    }

    /// <summary>A client of a stream of events.</summary>
    private sealed class EventReader : IDisposable
    {
        private readonly HttpClient _client;
        private readonly StreamReader _reader;

        private EventReader(HttpClient client, Stream stream)
        {
            _client = client;
            _reader = new StreamReader(stream);
        }

        public static async Task<EventReader> OpenAsync(RunningApp app, string how)
        {
            HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{app.Port}") };

            // As browsers do; what is compressed waits for more.
            client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
            return new EventReader(client, await client.GetStreamAsync($"/events?{how}", Cancelled).Within());
        }

        /// <summary>The text of the next event.</summary>
        public async Task<string> NextAsync()
        {
            var line = await _reader.ReadLineAsync(Cancelled).AsTask().Within(seen: () => "no line of the stream");
            (await _reader.ReadLineAsync(Cancelled).AsTask().Within()).ShouldBe("");
            return line.ShouldNotBeNull()["data: ".Length..];
        }

        public void Dispose()
        {
            _reader.Dispose();
            _client.Dispose();
        }
    }
}
