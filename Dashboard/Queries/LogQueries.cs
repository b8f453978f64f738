using System.Collections.Immutable;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Queries;

/// <summary>Finds log rows, and the instances that sent them.</summary>
internal sealed class LogQueries(TelemetryStore store, LiveRing ring, ReadThreads threads, TimeProvider time)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Every row that was received is found, also one that is not written yet. After 10 s the page says that it is partial.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <param name="ct">Ends the search at once.</param>
    /// <param name="patience">After so long the page holds what was found, and says how far back that is (<see cref="LogPage.SearchedTo"/>).</param>
    public async Task<LogPage> FindAsync(LogFilter filter, CancellationToken ct, TimeSpan? patience = null)
    {
        using var late = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        var page = await threads.RunAsync(
            () =>
            {
                var (segments, uncommitted) = Snapshot();
                return new LogSearch(filter, segments, uncommitted, store.Readers, new SearchTime(patience, time, stop.Token)).Run();
            },
            ct);
        ct.ThrowIfCancellationRequested();
        return page;
    }

    /// <summary>One row by its id; null when it is not there.</summary>
    public async Task<LogRow?> FindAsync(long id, CancellationToken ct)
    {
        var page = await FindAsync(new LogFilter { AfterId = id - 1, BeforeId = id + 1, Limit = 1, CountUpTo = 0 }, ct);
        return page.Rows is [var row] ? row : null;
    }

    /// <summary>By service and instance, in the order of their names; those of which nothing is kept any more are gone.</summary>
    public IReadOnlyList<TelemetryResource> Resources()
    {
        // The display name tells senders without instance id apart by their address.
        var found = new Dictionary<(string Service, string DisplayName), (string? Instance, Signal Signals)>();
        var cleared = store.Catalogue.Cleared;
        foreach (var (id, mask) in store.Catalogue.Segments.SelectMany(segment => segment.Resources.Where(sent => !cleared.Covers(sent.Key, segment))))
        {
            if (store.Catalogue.Resource(id) is { } info)
            {
                var known = found.GetValueOrDefault((info.Service, info.DisplayName)).Signals;
                found[(info.Service, info.DisplayName)] = (info.InstanceId, known | mask);
            }
        }

        return
        [
            .. found
                .Select(entry => new TelemetryResource(
                    entry.Key.Service, entry.Value.Instance, entry.Key.DisplayName,
                    entry.Value.Signals.HasFlag(Signal.Logs), entry.Value.Signals.HasFlag(Signal.Traces), entry.Value.Signals.HasFlag(Signal.Metrics)))
                .OrderBy(resource => resource.Service, StringComparer.OrdinalIgnoreCase)
                .ThenBy(resource => resource.DisplayName.Length)
                .ThenBy(resource => resource.DisplayName, StringComparer.OrdinalIgnoreCase),
        ];
    }

    // The committed rows by the catalogue, what came after them by the ring; taken again when the ring has moved on in between.
    private (ImmutableArray<SegmentInfo> Segments, IReadOnlyList<LogRow> Uncommitted) Snapshot()
    {
        for (var attempt = 0; ; attempt++)
        {
            var segments = store.Catalogue.Segments;
            var (rows, gap) = ring.After(segments.Select(segment => segment.MaxId).DefaultIfEmpty().Max());
            if (!gap || attempt == 2)
            {
                return (segments, rows);
            }
        }
    }
}
