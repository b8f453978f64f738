using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Observation;

internal sealed class EventHub(Func<long, StackStatus> snapshot)
{
    public StackStatus Snapshot() => snapshot(0);

    public IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void PublishHealth(Func<ResourceStatus> resource) => _ = snapshot;

    public void PublishState(Func<ResourceStatus> resource) => _ = snapshot;
}
