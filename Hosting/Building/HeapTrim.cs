namespace Stack.Hosting.Building;

/// <summary>
/// Collects the garbage of an AppHost's process before much of it has come together. The runtime's own measure is the processor's cache, with which it may wait for more than a hundred megabytes:
/// memory that a supervisor takes from its sites.
/// </summary>
internal sealed class HeapTrim : IDisposable
{
    private const long LeastGarbage = 8 * 1024 * 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ITimer _timer;
    private long _next = LeastGarbage;

    public HeapTrim(TimeProvider time) => _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);

    /// <summary>How often it has collected.</summary>
    public int Collections { get; private set; }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (GC.GetTotalAllocatedBytes() < Volatile.Read(ref _next))
        {
            return;
        }

        // Aggressive: the pages go back to the system.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Collections++;
        Volatile.Write(ref _next, GC.GetTotalAllocatedBytes() + Math.Max(LeastGarbage, GC.GetTotalMemory(forceFullCollection: false)));
    }
}
