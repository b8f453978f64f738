using Microsoft.Extensions.Logging.Abstractions;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Queries.Metrics;
using Stack.Dashboard.Storage;

namespace Stack.Dashboard.Tests.Storage;

/// <summary>A store with its queries, without the host around it.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly ReadThreads _threads = new();

    private OpenStore(StorageOptions options, TimeProvider time)
    {
        Ring = new LiveRing(options.RingRows, options.RingBytes);
        Bus = new LiveBus(Ring, time);
        Store = new TelemetryStore(options, Bus, Budget, Status, time, NullLoggerFactory.Instance);
        Queries = new LogQueries(Store, Ring, _threads, time);
        Traces = new TraceQueries(Store, _threads, time);
        Metrics = new MetricQueries(Store, _threads, time);
    }

    public LiveRing Ring { get; }

    public LiveBus Bus { get; }

    public QueueBudget Budget { get; } = new();

    public StoreStatus Status { get; } = new();

    public TelemetryStore Store { get; }

    public LogQueries Queries { get; }

    public TraceQueries Traces { get; }

    public MetricQueries Metrics { get; }

    public IReadOnlyList<SegmentInfo> Segments => Store.Catalogue.Segments;

    public static async Task<OpenStore> AtAsync(string directory, Func<StorageOptions, StorageOptions>? change = null, TimeProvider? time = null)
    {
        var options = new StorageOptions { Directory = directory, MinFreeBytes = 0 };
        var store = new OpenStore(change?.Invoke(options) ?? options, time ?? TimeProvider.System);
        await store.Store.StartAsync(CancellationToken.None);
        return store;
    }

    /// <summary>Stores rows and waits until they are committed (or known to be lost).</summary>
    public async Task AddAsync(params IEnumerable<LogRow> rows)
    {
        foreach (var chunk in rows.Chunk(2000))
        {
            var batch = new TelemetryBatch();
            foreach (var row in chunk)
            {
                batch.Add(Samples.Draft(row));
            }

            await AddAsync(batch);
        }
    }

    public async Task AddAsync(params IEnumerable<SpanDraft> spans)
    {
        foreach (var chunk in spans.Chunk(5000))
        {
            var batch = new TelemetryBatch();
            foreach (var span in chunk)
            {
                batch.Add(span);
            }

            await AddAsync(batch);
        }
    }

    public async Task AddAsync(TelemetryBatch batch)
    {
        await UntilAsync(() => Budget.TryTake(batch.Count, batch.Bytes), "room in the queue");
        Store.Add(batch);
        await UntilAsync(() => Budget.Records == 0, "the commit");
    }

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var late = new CancellationTokenSource(RunningDashboard.Patience);
        while (!condition())
        {
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited for {what}.");
            }

            await Task.Delay(5, CancellationToken.None);
        }
    }

    public Task<LogPage> FindAsync(LogFilter? filter = null) => Queries.FindAsync(filter ?? new LogFilter(), CancellationToken.None);

    public LogFigures Figures => new(Store, Ring, _threads, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await Store.StopAsync(CancellationToken.None);
        Store.Dispose();
        _threads.Dispose();
    }
}
