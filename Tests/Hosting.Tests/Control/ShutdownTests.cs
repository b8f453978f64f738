using System.Net;
using Stack.Hosting.Control;

namespace Hosting.Tests.Control;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Streams_that_are_open_end_cleanly_when_the_server_stops()
    {
        await using var harness = await ControlHarness.StartAsync();
        await File.WriteAllTextAsync(harness.LogFile("site-8001"), "hello\n");
        await using var events = await harness.EventsAsync("events");
        await ControlHarness.NextAsync(events);
        await using var lines = await harness.EventsAsync("logs/site?follow=true");
        await ControlHarness.NextAsync(lines);
        using var raw = await harness.Client.GetAsync("logs/site-8001?follow=true", HttpCompletionOption.ResponseHeadersRead);
        await using var bytes = await raw.Content.ReadAsStreamAsync();
        await ControlHarness.ReadUntilAsync(bytes, "hello\n");

        await harness.Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4));

        // Not an exception: the answers are whole.
        (await events.MoveNextAsync()).ShouldBeFalse();
        (await lines.MoveNextAsync()).ShouldBeFalse();
        (await bytes.ReadAsync(new byte[10])).ShouldBe(0);
    }

    [Fact]
    public async Task Command_that_is_waited_for_is_answered_when_the_server_stops()
    {
        await using var harness = await ControlHarness.StartAsync();
        var begun = new TaskCompletionSource();
        harness.Stack.Outcome = async token =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return CommandOutcome.Done();
        };
        var command = harness.Client.PostAsync("site/restart", null);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await harness.Server.DisposeAsync();

        var response = await command;
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ControlHarness.ProblemAsync(response)).Detail.ShouldBe("The AppHost is stopping.");
    }

    [Fact]
    public async Task Client_that_goes_away_ends_its_stream_on_the_server()
    {
        await using var harness = await ControlHarness.StartAsync();
        var ended = new TaskCompletionSource();
        harness.Stack.Outcome = async token =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                ended.SetResult();
            }

            return CommandOutcome.Done();
        };

        using (var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(200)))
        {
            await Should.ThrowAsync<OperationCanceledException>(() => harness.Client.PostAsync("site/restart", null, gone.Token));
        }

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
