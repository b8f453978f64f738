using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>One entry of the event stream. <see cref="Seq"/> grows by one with each change; a snapshot carries the number of the last change it includes.</summary>
internal abstract record StackEvent(long Seq)
{
    /// <summary>Everything, at the beginning of a stream and after a gap.</summary>
    internal sealed record Snapshot(StackStatus Status) : StackEvent(Status.Seq);

    /// <summary>A replica of this resource changed its state (or pid, restarts, reason, …).</summary>
    internal sealed record StateChanged(long Seq, ResourceStatus Resource) : StackEvent(Seq);

    /// <summary>A replica of this resource changed its health.</summary>
    internal sealed record HealthChanged(long Seq, ResourceStatus Resource) : StackEvent(Seq);

    /// <summary>A replica of this resource got, or lost, the gateway's requests.</summary>
    internal sealed record TrafficChanged(long Seq, ResourceStatus Resource) : StackEvent(Seq);

    /// <summary>A roll-out of this resource began, went a step on, froze, or ended.</summary>
    internal sealed record RolloutChanged(long Seq, ResourceStatus Resource) : StackEvent(Seq);

    /// <summary>What the processes use now. No change, so it has the number of the last one.</summary>
    internal sealed record Sampled(long Seq, IReadOnlyList<ReplicaSample> Samples) : StackEvent(Seq);

    /// <summary>Something that somebody should look at; the replica is null when it is about the whole resource.</summary>
    internal sealed record Alert(long Seq, string Resource, string? Replica, string Text, DateTimeOffset Time) : StackEvent(Seq);

    /// <summary>The observer was too slow and changes were left out for it; a snapshot follows.</summary>
    internal sealed record Gap(long Seq) : StackEvent(Seq);
}
