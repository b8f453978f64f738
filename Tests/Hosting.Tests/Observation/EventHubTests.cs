using Stack.Hosting.Observation;

namespace Hosting.Tests.Observation;

public sealed class EventHubTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Observer_sees_a_snapshot_and_then_every_event_in_order()
    {
        var hub = NewHub(100);
        hub.Publish(seq => $"event {seq}");
        await using var events = hub.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();

        (await NextAsync(events)).ShouldBe("snapshot 101");
        hub.Publish(seq => $"event {seq}");
        hub.Publish(seq => $"event {seq}");

        (await NextAsync(events)).ShouldBe("event 102");
        (await NextAsync(events)).ShouldBe("event 103");
        hub.Seq.ShouldBe(103);
    }

    [Fact]
    public async Task Observer_that_is_too_slow_gets_what_was_queued_then_a_gap_and_a_new_snapshot()
    {
        var hub = NewHub(0);
        await using var events = hub.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();
        await NextAsync(events);
        const int Published = EventHub<string>.QueueSize + 10;
        for (var i = 0; i < Published; i++)
        {
            hub.Publish(seq => $"event {seq}");
        }

        for (var i = 1; i <= EventHub<string>.QueueSize; i++)
        {
            (await NextAsync(events)).ShouldBe($"event {i}");
        }

        (await NextAsync(events)).ShouldBe($"gap {Published}");
        (await NextAsync(events)).ShouldBe($"snapshot {Published}");
        hub.Publish(seq => $"event {seq}");
        (await NextAsync(events)).ShouldBe($"event {Published + 1}");
    }

    [Theory]
    [InlineData(100, "snapshot 150")]                               // before the first event of this hub: one of an earlier run
    [InlineData(110, "event 111")]
    [InlineData(149, "event 150")]
    [InlineData(151, "snapshot 150")]                               // not published yet: not one of ours
    public async Task Observer_resumes_after_a_number_that_is_known(long after, string first)
    {
        var hub = NewHub(105);
        _ = hub.Snapshot();
        for (var i = 0; i < 45; i++)
        {
            hub.Publish(seq => $"event {seq}");
        }

        await using var events = hub.WatchAsync(after, CancellationToken.None).GetAsyncEnumerator();

        (await NextAsync(events)).ShouldBe(first);
    }

    [Fact]
    public async Task Events_that_nobody_can_ask_for_are_numbered_but_not_made()
    {
        var hub = NewHub(100);
        var made = 0;
        hub.Publish(seq => $"event {seq} {++made}");
        hub.Publish(seq => $"event {seq} {++made}");

        made.ShouldBe(0);
        hub.Snapshot().ShouldBe("snapshot 102");
        hub.Publish(seq => $"event {seq}");
        await using var resumed = hub.WatchAsync(102, CancellationToken.None).GetAsyncEnumerator();
        await using var guessed = hub.WatchAsync(101, CancellationToken.None).GetAsyncEnumerator();
        (await NextAsync(resumed)).ShouldBe("event 103");
        (await NextAsync(guessed)).ShouldBe("snapshot 103");
    }

    [Fact]
    public async Task Observer_that_has_seen_everything_gets_the_next_event_first()
    {
        var hub = NewHub(0);
        hub.Publish(seq => $"event {seq}");
        await using var events = hub.WatchAsync(1, CancellationToken.None).GetAsyncEnumerator();
        var next = events.MoveNextAsync();

        hub.Publish(seq => $"event {seq}");

        (await next.AsTask().WaitAsync(Limit)).ShouldBeTrue();
        events.Current.ShouldBe("event 2");
    }

    [Fact]
    public async Task Events_are_kept_for_those_who_resume_up_to_the_size_of_the_ring()
    {
        var hub = NewHub(0);
        _ = hub.Snapshot();
        for (var i = 0; i < EventHub<string>.RingSize + 5; i++)
        {
            hub.Publish(seq => $"event {seq}");
        }

        await using var within = hub.WatchAsync(5, CancellationToken.None).GetAsyncEnumerator();
        await using var beyond = hub.WatchAsync(4, CancellationToken.None).GetAsyncEnumerator();

        (await NextAsync(within)).ShouldBe("event 6");
        (await NextAsync(beyond)).ShouldBe($"snapshot {EventHub<string>.RingSize + 5}");
    }

    [Fact]
    public async Task Nothing_is_lost_between_snapshot_and_subscription_under_fire()
    {
        long value = 0;
        var hub = new EventHub<Tuple<string, long>>(_ => Tuple.Create("snapshot", Interlocked.Read(ref value)), _ => Tuple.Create("gap", 0L), 0);
        _ = hub.Snapshot();
        const int Total = 20_000;
        var publishing = Task.Run(() =>
        {
            for (var i = 0; i < Total; i++)
            {
                hub.Publish(_ => Tuple.Create("event", Interlocked.Increment(ref value)));
            }
        });

        var observers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var last = -1L;
            await foreach (var (kind, seen) in hub.WatchAsync(null, CancellationToken.None))
            {
                if (kind == "event")
                {
                    seen.ShouldBe(last + 1);
                }

                last = kind == "gap" ? last : seen;
                if (last == Total)
                {
                    return;
                }
            }
        })).ToList();

        await publishing.WaitAsync(Limit);
        await Task.WhenAll(observers).WaitAsync(Limit);
    }

    [Fact]
    public async Task Watch_ends_when_it_is_cancelled()
    {
        var hub = NewHub(0);
        using var cancel = new CancellationTokenSource();
        await using var events = hub.WatchAsync(null, cancel.Token).GetAsyncEnumerator(cancel.Token);
        await NextAsync(events);
        var next = events.MoveNextAsync().AsTask();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => next.WaitAsync(Limit));
    }

    [Fact]
    public async Task What_can_be_missed_is_sent_to_those_who_watch_and_neither_numbered_nor_kept()
    {
        var hub = NewHub(10);
        await using var watching = hub.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();
        (await NextAsync(watching)).ShouldBe("snapshot 10");

        hub.Publish(seq => $"event {seq}");
        hub.Send(seq => $"sent at {seq}");
        hub.Publish(seq => $"event {seq}");

        (await NextAsync(watching)).ShouldBe("event 11");
        (await NextAsync(watching)).ShouldBe("sent at 11");
        (await NextAsync(watching)).ShouldBe("event 12");
        await using var resumed = hub.WatchAsync(10, CancellationToken.None).GetAsyncEnumerator();
        (await NextAsync(resumed)).ShouldBe("event 11");
        (await NextAsync(resumed)).ShouldBe("event 12");
    }

    [Fact]
    public async Task What_can_be_missed_makes_no_gap_for_an_observer_that_is_behind()
    {
        var hub = NewHub(0);
        await using var observer = hub.WatchAsync(null, CancellationToken.None).GetAsyncEnumerator();
        await NextAsync(observer);
        for (var i = 1; i <= EventHub<string>.QueueSize; i++)
        {
            hub.Publish(seq => $"event {seq}");
        }

        hub.Send(seq => $"sent at {seq}");

        for (var i = 1; i <= EventHub<string>.QueueSize; i++)
        {
            (await NextAsync(observer)).ShouldBe($"event {i}");
        }

        hub.Publish(seq => $"event {seq}");
        (await NextAsync(observer)).ShouldBe($"event {EventHub<string>.QueueSize + 1}");
    }

    private static EventHub<string> NewHub(long start) => new(seq => $"snapshot {seq}", seq => $"gap {seq}", start);

    private static async Task<string> NextAsync(IAsyncEnumerator<string> events)
    {
        (await events.MoveNextAsync().AsTask().WaitAsync(Limit)).ShouldBeTrue();
        return events.Current;
    }
}
