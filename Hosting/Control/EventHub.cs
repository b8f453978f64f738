using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Control;

/// <summary>The stack's own event stream: <see cref="EventHub{T}"/> for what <c>GET /v1/events</c> sends.</summary>
/// <param name="snapshot">Makes the status that includes the event with the given number. Called under the hub's lock; what it reads has to be changed before the change is published.</param>
/// <param name="time">The clock.</param>
internal sealed class EventHub(Func<long, StackStatus> snapshot, TimeProvider time)
{
    // Numbers begin with the start in Unix microseconds: the number of an earlier AppHost's event is never taken for one of ours.
    private readonly EventHub<StackEvent> _hub = new(
        seq => new StackEvent.Snapshot(snapshot(seq)),
        seq => new StackEvent.Gap(seq),
        (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The status now, with the number of the last event it includes.</summary>
    public StackStatus Snapshot() => ((StackEvent.Snapshot)_hub.Snapshot()).Status;

    /// <summary>True while somebody watches.</summary>
    public bool IsWatched => _hub.IsWatched;

    /// <inheritdoc cref="IStackControl.WatchAsync"/>
    public IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken) => _hub.WatchAsync(afterSeq, cancellationToken);

    /// <summary>A replica changed its state (or pid, restarts, reason, …). The resource is read under the hub's lock, so that no older one overtakes it.</summary>
    public void PublishState(Func<ResourceStatus> resource) => _hub.Publish(seq => new StackEvent.StateChanged(seq, resource()));

    /// <summary>A replica changed its health.</summary>
    public void PublishHealth(Func<ResourceStatus> resource) => _hub.Publish(seq => new StackEvent.HealthChanged(seq, resource()));

    /// <summary>A replica got, or lost, the gateway's requests.</summary>
    public void PublishTraffic(Func<ResourceStatus> resource) => _hub.Publish(seq => new StackEvent.TrafficChanged(seq, resource()));

    /// <summary>A roll-out began, went a step on, froze, or ended.</summary>
    public void PublishRollout(Func<ResourceStatus> resource) => _hub.Publish(seq => new StackEvent.RolloutChanged(seq, resource()));

    /// <summary>The processes were looked at. The next look makes up for one that is missed: kept, they would be most of what is kept.</summary>
    public void PublishSamples(IReadOnlyList<ReplicaSample> samples) => _hub.Send(seq => new StackEvent.Sampled(seq, samples));

    /// <summary>Something that somebody should look at.</summary>
    public void PublishAlert(string resource, string? replica, string text) => _hub.Publish(seq => new StackEvent.Alert(seq, resource, replica, text, time.GetUtcNow()));
}
