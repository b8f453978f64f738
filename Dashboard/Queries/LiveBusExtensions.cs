using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Live rows by the same filter that a page was queried with.</summary>
internal static class LiveBusExtensions
{
    public static IAsyncEnumerable<LiveBatch> SubscribeAsync(this LiveBus bus, LogFilter filter, long? afterId, CancellationToken ct) =>
        bus.SubscribeAsync(filter.Matches, afterId, ct);
}
