using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>The replicas that a resource has now, by index, and the plan of them. May be read while it is changed, and tells when one of them has changed.</summary>
internal sealed class ReplicaSet(ResourcePlan plan)
{
    private volatile IReadOnlyList<InstanceSupervisor> _all = [];
    private volatile ResourcePlan _plan = plan;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<InstanceSupervisor> All => _all;

    public ResourcePlan Plan => _plan;

    /// <summary>Completes at the next change.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public IReadOnlyList<InstanceSnapshot> Snapshots => [.. _all.Select(r => r.Current)];

    public InstanceSupervisor? Find(string name) => _all.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>From now on it is these. Called by one change at a time.</summary>
    public void Use(ResourcePlan plan, IReadOnlyList<InstanceSupervisor> replicas)
    {
        _plan = plan;
        _all = replicas;
    }

    /// <summary>A replica has published a snapshot.</summary>
    public void Pulse() => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Waits until the replicas are so.</summary>
    /// <returns>False: they were not within the limit.</returns>
    public async Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            while (true)
            {
                var changed = Changed; // before the look, so that nothing is missed after it
                if (condition())
                {
                    return true;
                }

                await changed.WaitAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
