using System.Net.ServerSentEvents;
using System.Text.Json;
using Hosting.Tests.Control;
using Stack.Hosting.Control.Contract;

namespace Hosting.Tests.Orchestration;

/// <summary>Whoever watches a running stack is told of what needs somebody.</summary>
[Trait("kind", "process")]
public class AlertTests
{
    [Fact]
    public async Task A_replica_that_is_given_up_is_an_event_at_the_control_socket()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var stack = await RunningMiniStack.StartAsync("Development", ["web=missing"]);
        await stack.UntilSaid("Ctrl+C stops everything.");
        using var client = ControlHarness.NewClient(stack.ControlSocket);
        await using var stream = await client.GetStreamAsync("events", cancelled);
        await using var events = SseParser.Create(stream).EnumerateAsync(cancelled).GetAsyncEnumerator(cancelled);
        (await events.MoveNextAsync()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("snapshot");

        using var started = await client.PostAsync("web/start", null, cancelled);

        List<string> alerts = [];
        while (alerts.Count == 0 && await events.MoveNextAsync())
        {
            if (events.Current.EventType == "alert")
            {
                var alert = JsonSerializer.Deserialize(events.Current.Data, ControlJson.Default.StackAlert)!;
                (alert.Resource, alert.Replica).ShouldBe(("web", "web"));
                alerts.Add(alert.Text);
            }
        }

        alerts.ShouldBe(["Replica 'web' was given up: The program '/nowhere/missing' does not exist. Build it, or correct its path."]);
    }
}
