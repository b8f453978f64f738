namespace Stack.Hosting.Observation;

/// <summary>The last moves of one replica: what it was, since when, and why.</summary>
internal sealed class InstanceTimeline
{
    /// <summary>How many moves are kept.</summary>
    public const int Kept = 50;

    private readonly Lock _lock = new();
    private readonly Queue<InstanceMove> _moves = new();
    private InstanceSnapshot? _last;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<InstanceMove> Moves
    {
        get
        {
            lock (_lock)
            {
                return [.. _moves.Reverse()];
            }
        }
    }

    /// <summary>Notes a snapshot where state, health or traffic have changed, or another process runs.</summary>
    /// <returns>The snapshot before it; null: it is the first.</returns>
    public InstanceSnapshot? Note(InstanceSnapshot now, DateTimeOffset time)
    {
        lock (_lock)
        {
            var before = _last;
            _last = now;
            if (before is null || (before.State, before.Health, before.Traffic, before.Generation) != (now.State, now.Health, now.Traffic, now.Generation))
            {
                _moves.Enqueue(new InstanceMove(time, now.Generation, now.State, now.Health, now.Traffic, now.Reason));
                if (_moves.Count > Kept)
                {
                    _moves.Dequeue();
                }
            }

            return before;
        }
    }
}

/// <summary>One step in the life of a replica.</summary>
internal sealed record InstanceMove(DateTimeOffset Time, int Generation, InstanceState State, InstanceHealth Health, InstanceTraffic Traffic, string? Reason);
