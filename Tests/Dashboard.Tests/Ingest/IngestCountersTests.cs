using Stack.Dashboard.Ingest;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Ingest;

public sealed class IngestCountersTests
{
    private readonly SettableTime _time = new();
    private readonly LiveBus _bus;
    private readonly IngestCounters _counters;

    public IngestCountersTests()
    {
        _bus = new LiveBus(new LiveRing(10, 1 << 20), _time);
        _counters = new IngestCounters(_bus, _time);
    }

    [Fact]
    public void Counts_are_by_instance_and_signal_and_in_order()
    {
        _counters.Received("site-8002", Signal.Logs, 3, 1, 0);
        _counters.Received("site-8001", Signal.Traces, 5, 0, 2);
        _counters.Received("site-8001", Signal.Logs, 1, 0, 0);
        _counters.Received("site-8002", Signal.Logs, 4, 0, 0);
        _counters.Refused("10.0.0.7", Signal.Metrics, Refusal.TooLarge);

        _counters.Snapshot().ShouldBe(
        [
            new("@10.0.0.7", Signal.Metrics) { Refused = 1 },
            new("site-8001", Signal.Logs) { Received = 1 },
            new("site-8001", Signal.Traces) { Received = 5, Unstorable = 2 },
            new("site-8002", Signal.Logs) { Received = 7, Cut = 1 },
        ]);
    }

    [Fact]
    public void Refusals_are_recent_for_five_minutes_and_name_their_reasons()
    {
        _counters.Refused("10.0.0.7", Signal.Logs, Refusal.Busy);
        _counters.Refused("10.0.0.7", Signal.Logs, Refusal.Unauthenticated);
        _counters.Refused("10.0.0.7", Signal.Logs, Refusal.Unauthenticated);

        _time.Now += TimeSpan.FromMinutes(5);
        _counters.RecentRefusals.ShouldBe([(Refusal.Unauthenticated, 2), (Refusal.Busy, 1)]);
        _counters.RefusedRecently.ShouldBe(3);

        _time.Now += TimeSpan.FromMinutes(1);
        _counters.RecentRefusals.ShouldBeEmpty();
        _counters.RefusedRecently.ShouldBe(0);
        _counters.Snapshot().Sum(count => count.Refused).ShouldBe(3);
    }

    [Fact]
    public async Task What_a_slow_viewer_missed_is_counted_for_its_sender()
    {
        using var stop = new CancellationTokenSource(RunningDashboard.Patience);
        await using var viewer = _bus.SubscribeAsync(_ => true, null, stop.Token).GetAsyncEnumerator(stop.Token);
        var first = viewer.MoveNextAsync();
        _bus.Publish(Samples.Log("row") with { Id = 1 });
        await first;

        for (var id = 2; id <= LiveBus.BufferedRows + 4; id++)
        {
            _bus.Publish(Samples.Log("row", id < 4 ? "site-8001" : "site-8002") with { Id = id });
        }

        _counters.Received("site-8002", Signal.Logs, 1001, 0, 0);
        _counters.Snapshot().ShouldBe(
        [
            new("site-8001", Signal.Logs) { Skipped = 2 },
            new("site-8002", Signal.Logs) { Received = 1001, Skipped = 1 },
        ]);
    }

    [Fact]
    public void Senders_beyond_a_thousand_are_counted_together()
    {
        for (var i = 0; i < 1010; i++)
        {
            _counters.Received($"site-{i}", Signal.Logs, 1, 0, 0);
        }

        _counters.Snapshot().Count.ShouldBe(1001);
        _counters.Snapshot().Single(count => count.Instance == "other").Received.ShouldBe(10);
    }
}
