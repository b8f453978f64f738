namespace Stack.Hosting.Observation;

/// <summary>Keeps the latest snapshot of every replica and lets others wait until the whole looks a certain way.</summary>
internal sealed class SnapshotBoard
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, InstanceSnapshot> _snapshots = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Publish(InstanceSnapshot snapshot)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _snapshots[snapshot.Name] = snapshot;
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public InstanceSnapshot? Find(string replica)
    {
        lock (_lock)
        {
            return _snapshots.GetValueOrDefault(replica);
        }
    }

    /// <summary>Completes when the condition holds; it is looked at after each change.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            if (condition())
            {
                return;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
