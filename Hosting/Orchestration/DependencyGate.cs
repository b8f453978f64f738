using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

/// <summary>Lets the replicas of one resource start: first what the resource waits for, once for all of them, then a start slot for each.</summary>
/// <param name="resource">The resource.</param>
/// <param name="board">What is known of all replicas.</param>
/// <param name="replicasOf">The replicas of a resource, by name.</param>
/// <param name="slots">The start slots of the whole stack.</param>
/// <param name="beforeStart">Raises the event that a resource is about to start.</param>
/// <param name="failWithDependency">True: a dependency that failed for good fails the resource; false: it waits on.</param>
internal sealed class DependencyGate(
    IResource resource,
    SnapshotBoard board,
    Func<IResource, IReadOnlyList<string>> replicasOf,
    StartSlots slots,
    Func<CancellationToken, Task> beforeStart,
    bool failWithDependency) : IStartGate
{
    private readonly Lock _lock = new();
    private Task? _before;

    public async Task<IDisposable> EnterAsync(string instance, bool restart, Action<string> describe, CancellationToken cancellationToken)
    {
        if (!restart)
        {
            foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
            {
                describe($"waiting for '{wait.Resource.Name}'");
                await board.WaitAsync(() => IsMet(wait), cancellationToken).ConfigureAwait(false);
            }

            await BeforeStart().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        describe("waiting for a start slot");
        return await slots.AcquireAsync(restart, cancellationToken).ConfigureAwait(false);
    }

    // The event belongs to the resource: the first replica that gets here raises it, the others wait for its handlers.
    private Task BeforeStart()
    {
        lock (_lock)
        {
            return _before ??= beforeStart(CancellationToken.None);
        }
    }

    private bool IsMet(WaitAnnotation wait)
    {
        var replicas = replicasOf(wait.Resource).Select(board.Find).ToList();
        if (failWithDependency && replicas.OfType<InstanceSnapshot>().FirstOrDefault(r => HasFailed(r, wait)) is { } failed)
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' can't start: it waits for '{wait.Resource.Name}', and replica '{failed.Name}' is {failed.State}{(failed.LastExit is { } exit ? $" ({exit})" : "")}.");
        }

        bool Is(InstanceSnapshot? r) => r is not null && wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => r is { State: InstanceState.Running, Health: InstanceHealth.Ready },
            WaitType.WaitUntilStarted => r.State == InstanceState.Running,
            WaitType.WaitForCompletion => r.State == InstanceState.Exited && r.ExitCode == wait.ExitCode,
            _ => false,
        };
        return wait.AnyReplica ? replicas.Exists(Is) : replicas.TrueForAll(Is);
    }

    private static bool HasFailed(InstanceSnapshot replica, WaitAnnotation wait)
        => replica.State == InstanceState.Fatal
            || (replica.State == InstanceState.Exited && (wait.WaitType != WaitType.WaitForCompletion || replica.ExitCode != wait.ExitCode));
}
