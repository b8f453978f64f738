using System.Text.Json;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Hosting.Tests.Control;

public sealed class EventTests
{
    [Fact]
    public async Task Stream_begins_with_a_snapshot_and_goes_on_with_each_change()
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001"));
        await using var events = await harness.EventsAsync("events");

        var first = await ControlHarness.NextAsync(events);
        harness.Stack.Publish(restarts: 1);
        var second = await ControlHarness.NextAsync(events);
        harness.Stack.PublishHealth();
        var third = await ControlHarness.NextAsync(events);

        first.EventType.ShouldBe("snapshot");
        var status = JsonSerializer.Deserialize(first.Data, ControlJson.Default.StackStatus)!;
        first.EventId.ShouldBe($"{status.Seq}");
        second.EventType.ShouldBe("state");
        second.EventId.ShouldBe($"{status.Seq + 1}");
        var change = JsonSerializer.Deserialize(second.Data, ControlJson.Default.ResourceChange)!;
        change.Seq.ShouldBe(status.Seq + 1);
        change.Resource.Replicas[0].Restarts.ShouldBe(1);
        third.EventType.ShouldBe("health");
        third.EventId.ShouldBe($"{status.Seq + 2}");
    }

    [Fact]
    public async Task Every_kind_of_event_has_its_name_and_its_number()
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001"));
        await using var events = await harness.EventsAsync("events");
        var seq = long.Parse((await ControlHarness.NextAsync(events)).EventId!, null);
        var site = FakeStack.Resource("site", "site-8001");
        var hub = harness.Stack.Events;

        hub.PublishTraffic(() => site);
        hub.PublishRollout(() => site with { Rollout = new RolloutStatus { State = "Running", What = "roll", Replica = "site-8001" } });
        hub.PublishSamples([new ReplicaSample { Name = "site-8001", Pid = 4712, Rss = 1000, Pss = 400, Cpu = 0.5, Fds = 80 }]);
        hub.PublishAlert("site", "site-8001", "It can't be killed.");

        var traffic = await ControlHarness.NextAsync(events);
        var rollout = await ControlHarness.NextAsync(events);
        var sample = await ControlHarness.NextAsync(events);
        var alert = await ControlHarness.NextAsync(events);
        (traffic.EventType, traffic.EventId).ShouldBe(("traffic", $"{seq + 1}"));
        JsonSerializer.Deserialize(traffic.Data, ControlJson.Default.ResourceChange)!.Resource.Name.ShouldBe("site");
        (rollout.EventType, rollout.EventId).ShouldBe(("rollout", $"{seq + 2}"));
        JsonSerializer.Deserialize(rollout.Data, ControlJson.Default.ResourceChange)!.Resource.Rollout!.Replica.ShouldBe("site-8001");
        (sample.EventType, sample.EventId).ShouldBe(("sample", null));
        sample.Data.ShouldBe($$"""{"seq":{{seq + 2}},"samples":[{"name":"site-8001","pid":4712,"rss":1000,"pss":400,"cpu":0.5,"fds":80}]}""");
        (alert.EventType, alert.EventId).ShouldBe(("alert", $"{seq + 3}"));
        JsonSerializer.Deserialize(alert.Data, ControlJson.Default.StackAlert)!.Text.ShouldBe("It can't be killed.");
    }

    [Fact]
    public async Task Stream_resumes_after_the_last_event_that_was_seen()
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001"));
        var seen = harness.Stack.GetStatus().Seq;
        harness.Stack.Publish(restarts: 1);
        harness.Stack.Publish(restarts: 2);

        await using var resumed = await harness.EventsAsync("events", $"{seen + 1}");
        await using var stranger = await harness.EventsAsync("events", "17");

        var next = await ControlHarness.NextAsync(resumed);
        next.EventType.ShouldBe("state");
        next.EventId.ShouldBe($"{seen + 2}");
        (await ControlHarness.NextAsync(stranger)).EventType.ShouldBe("snapshot");
    }

    [Fact]
    public async Task No_change_is_lost_between_snapshot_and_subscription_while_changes_pour_in()
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001"));
        const int Changes = 500;
        harness.Stack.GetStatus().Resources.ShouldNotBeEmpty("asked for, so that each change is made: before that the hub only counts them");
        using var go = new ManualResetEventSlim();
        var publisher = Task.Run(() =>
        {
            go.Wait();
            for (var i = 1; i <= Changes; i++)
            {
                harness.Stack.Publish(i);
            }
        });

        var observers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await using var events = await harness.EventsAsync("events");
            go.Set();
            var first = JsonSerializer.Deserialize((await ControlHarness.NextAsync(events)).Data, ControlJson.Default.StackStatus)!;
            var last = first.Resources[0].Replicas[0].Restarts;
            while (last < Changes)
            {
                var change = JsonSerializer.Deserialize((await ControlHarness.NextAsync(events)).Data, ControlJson.Default.ResourceChange)!;
                change.Resource.Replicas[0].Restarts.ShouldBe(last + 1);
                last++;
            }
        })).ToList();

        await Task.WhenAll(observers).WaitAsync(TimeSpan.FromSeconds(30));
        await publisher;
    }

    [Fact]
    public async Task Observer_that_does_not_keep_up_gets_a_gap_and_a_snapshot_and_loses_no_state()
    {
        await using var harness = await ControlHarness.StartAsync(FakeStack.Resource("site", "site-8001"));
        await using var events = await harness.EventsAsync("events");
        await ControlHarness.NextAsync(events);
        var padding = new string('x', 4000);
        const int Changes = 4 * EventHub<StackEvent>.QueueSize;

        // Many more than the sockets' buffers and the queue hold, while nobody reads.
        for (var i = 1; i <= Changes; i++)
        {
            harness.Stack.Publish(i, padding);
        }

        var kinds = new List<string>();
        var last = 0;
        while (last < Changes)
        {
            var item = await ControlHarness.NextAsync(events);
            if (kinds.LastOrDefault() != item.EventType)
            {
                kinds.Add(item.EventType);
            }

            var before = last;
            last = item.EventType switch
            {
                "snapshot" => JsonSerializer.Deserialize(item.Data, ControlJson.Default.StackStatus)!.Resources[0].Replicas[0].Restarts,
                "state" => JsonSerializer.Deserialize(item.Data, ControlJson.Default.ResourceChange)!.Resource.Replicas[0].Restarts,
                _ => last,
            };
            (item.EventType == "state" ? last - before : 1).ShouldBe(1, "a state was left out without a gap");
        }

        kinds.ShouldBe(["state", "gap", "snapshot"]);
    }

    [Fact]
    public async Task Quiet_stream_sends_a_comment_each_15_seconds()
    {
        await using var harness = await ControlHarness.StartAsync(new HurriedTime(100), FakeStack.Resource("site", "site-8001"));
        using var response = await harness.Client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead);

        var text = await ControlHarness.ReadUntilAsync(await response.Content.ReadAsStreamAsync(), "\n:\n\n:\n\n");

        text.ShouldStartWith("id: ");
    }

    /// <summary>A clock whose timers go off earlier.</summary>
    private sealed class HurriedTime(int factor) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / factor : dueTime, period);
    }
}
