using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

public sealed class LiveTests
{
    private readonly LiveRing _ring = new(5, 1 << 20);
    private readonly LiveBus _bus;

    public LiveTests() => _bus = new LiveBus(_ring, TimeProvider.System);

    [Fact]
    public void The_ring_keeps_the_newest_rows()
    {
        Publish(1, 8);

        var (rows, gap) = _ring.After(0);

        rows.Select(row => row.Id).ShouldBe([4, 5, 6, 7, 8]);
        gap.ShouldBeTrue();
        _ring.After(3).Gap.ShouldBeFalse();
        _ring.After(6).Rows.Select(row => row.Id).ShouldBe([7, 8]);
    }

    [Fact]
    public void The_ring_is_bounded_by_bytes_too()
    {
        var ring = new LiveRing(1000, 10_000);

        for (var i = 1; i <= 100; i++)
        {
            ring.Add(Samples.Log(new string('x', 1000)) with { Id = i });
        }

        ring.After(0).Rows.Sum(row => row.Size).ShouldBeLessThanOrEqualTo(10_000);
        ring.After(0).Rows[^1].Id.ShouldBe(100);
    }

    [Fact]
    public async Task A_viewer_gets_matching_rows_from_now_on()
    {
        Publish(1, 2);
        using var stop = new CancellationTokenSource(RunningDashboard.Patience);
        await using var stream = _bus.SubscribeAsync(new LogFilter { Text = "even" }, null, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = stream.MoveNextAsync();

        Publish(3, 6);

        // The first row may be on its way before the last one is there.
        var ids = new List<long>();
        while (ids.Count < 2)
        {
            (await next).ShouldBeTrue();
            stream.Current.Gap.ShouldBeFalse();
            ids.AddRange(stream.Current.Rows.Select(row => row.Id));
            next = ids.Count < 2 ? stream.MoveNextAsync() : default;
        }

        ids.ShouldBe([4, 6]);
    }

    [Fact]
    public async Task A_viewer_that_comes_back_gets_what_it_missed_from_the_ring()
    {
        Publish(1, 4);
        using var stop = new CancellationTokenSource(RunningDashboard.Patience);
        await using var stream = _bus.SubscribeAsync(_ => true, 2, stop.Token).GetAsyncEnumerator(stop.Token);

        (await stream.MoveNextAsync()).ShouldBeTrue();

        stream.Current.Rows.Select(row => row.Id).ShouldBe([3, 4]);
        stream.Current.Gap.ShouldBeFalse();
    }

    [Fact]
    public async Task A_viewer_that_comes_back_too_late_is_told_so()
    {
        Publish(1, 9);
        using var stop = new CancellationTokenSource(RunningDashboard.Patience);
        await using var stream = _bus.SubscribeAsync(_ => true, 2, stop.Token).GetAsyncEnumerator(stop.Token);

        (await stream.MoveNextAsync()).ShouldBeTrue();

        stream.Current.Gap.ShouldBeTrue();
        stream.Current.Rows.Select(row => row.Id).ShouldBe([5, 6, 7, 8, 9]);
    }

    [Fact]
    public async Task A_slow_viewer_loses_its_oldest_rows_and_is_told_how_many()
    {
        using var stop = new CancellationTokenSource(RunningDashboard.Patience);
        await using var stream = _bus.SubscribeAsync(_ => true, null, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = stream.MoveNextAsync();
        Publish(1, 1);
        await next;

        Publish(2, 1501);
        await stream.MoveNextAsync();

        stream.Current.Dropped.ShouldBe(500);
        stream.Current.Gap.ShouldBeTrue();
        stream.Current.Rows.Count.ShouldBe(LiveBus.BatchRows);
        stream.Current.Rows[0].Id.ShouldBe(502);
        _bus.SkippedByInstance.ShouldBe(new Dictionary<string, long> { ["site-8001"] = 500 });
    }

    [Fact]
    public async Task A_viewer_that_leaves_costs_nothing_any_more()
    {
        using var stop = new CancellationTokenSource();
        var ended = Task.Run(async () =>
        {
            await foreach (var _ in _bus.SubscribeAsync(_ => true, null, stop.Token))
            {
            }
        });
        await OpenStore.UntilAsync(() => _bus.Subscribers == 1, "the viewer");

        await stop.CancelAsync();
        await ended.WaitAsync(RunningDashboard.Patience);

        _bus.Subscribers.ShouldBe(0);
    }

    private void Publish(int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            _bus.Publish(Samples.Log(i % 2 == 0 ? "even" : "odd") with { Id = i });
        }
    }
}
