using System.Net;
using Testing.Load;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>The strict client for as long as it takes to be sure: 64 connections, some of which think between their requests, through everything that is done to a site in a day.</summary>
[Trait("kind", "slow")]
public sealed class StrictLoadEnduranceTests(ITestOutputHelper output)
{
    private const int Enough = 100_000;

    [Fact]
    public async Task Rolls_scales_deploys_and_changes_of_the_configuration_fail_none_of_a_hundred_thousand_requests()
    {
        await using var app = await RunningApp.StartAsync(replicas: 4);
        await using var client = StrictClient.Start(new LoadSettings
        {
            Port = app.Port, Connections = 64, Thinking = 32, ThinkTime = TimeSpan.FromSeconds(1), Slow = 0.01, Large = 0.01,
        });
        await client.UntilAnsweredAsync(1000);

        for (var number = 1; number <= 3; number++)
        {
            await DoAsync(client, $"roll {number}", () => app.CommandAsync("roll"));
        }

        foreach (var replicas in (int[])[8, 3])
        {
            await DoAsync(client, $"scale to {replicas}", () => app.CommandAsync("scale", new { replicas }));
        }

        for (var number = 1; number <= 20; number++)
        {
            app.WriteSource("conf.d/server-mine.conf", $"location = /change {{ return 200 {number}; }}");
            await DoAsync(client, $"change {number}", app.ReloadAsync);
        }

        await DoAsync(client, "deploy", () => app.CommandAsync("deploy", new { folder = RunningApp.Published }));
        await DoAsync(client, "rollback", () => app.CommandAsync("rollback"));
        client.Mark("all done");
        while (client.Answered < Enough)
        {
            await client.UntilAnsweredAsync(1000);
        }

        var report = await client.StopAsync();
        var effects = report.Against(app.Executed);
        output.WriteLine($"{report}{effects}");
        report.Failures.ShouldBeEmpty();
        effects.Duplicated.ShouldBeEmpty();
        effects.Lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task Eight_kills_fail_no_GET_and_execute_no_POST_twice()
    {
        await using var app = await RunningApp.StartAsync(replicas: 4);
        await using var client = StrictClient.Start(new LoadSettings { Port = app.Port, Connections = 32, Thinking = 8 });

        for (var number = 1; number <= 8; number++) // no more than a replica may fail in development
        {
            var replicas = await app.ReplicasAsync();
            await client.UntilAnsweredAsync(500);
            client.Mark($"kill {number}");
            Signals.Send(StrictLoadTests.Pid(replicas[number % 4]), Signals.Kill);
            await client.UntilAnsweredAsync(500);
            await app.UntilReadyAsync(4);
        }

        var report = await client.StopAsync();
        var effects = report.Against(app.Executed);
        output.WriteLine($"{report}{effects}");
        report.FailedGets.ShouldBeEmpty();
        report.FailedPosts.ShouldAllBe(failure => failure.What == "status 502");
        effects.Duplicated.ShouldBeEmpty();
        effects.Lost.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_thousand_WebSockets_go_on_over_a_change_of_the_configuration()
    {
        await using var app = await RunningApp.StartAsync(replicas: 2);
        List<WebSocketClient> sockets = [];
        try
        {
            while (sockets.Count < 1000)
            {
                sockets.Add(await WebSocketClient.OpenAsync(app.Port));
                (await sockets[^1].ReceiveAsync()).ShouldStartWith("site-");
            }

            await StrictLoadTests.ChangeAsync(app, 1);

            foreach (var socket in sockets)
            {
                await socket.EchoAsync("after the change");
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private async Task DoAsync(StrictClient client, string what, Func<Task<(HttpStatusCode Status, string? Said)>> act)
    {
        var (before, failed) = (client.Answered, client.Failed);
        var start = TimeProvider.System.GetTimestamp();
        client.Mark(what);
        var (status, said) = await act();
        status.ShouldBe(HttpStatusCode.OK, $"{what}: {said}");
        await client.UntilAnsweredAsync(500);
        output.WriteLine($"{what}: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s, {client.Answered - before} answered, {client.Failed - failed} failed");
    }
}
