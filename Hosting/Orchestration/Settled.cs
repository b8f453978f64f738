using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>Says whether a start is over: nothing is on its way any more. Pure.</summary>
/// <param name="replicasOf">What is known of the replicas of a resource; null: it is not supervised.</param>
/// <param name="byDefault">What a wait does that does not say it itself.</param>
internal sealed class Settled(Func<IResource, IReadOnlyList<InstanceSnapshot>?> replicasOf, WaitBehavior byDefault)
{
    /// <summary>True when each replica runs, has ended, or waits for something that will not come by itself.</summary>
    public bool Is(IEnumerable<IResource> resources) => resources.All(r => (replicasOf(r) ?? []).All(s => Is(r, s)));

    private bool Is(IResource resource, InstanceSnapshot replica) => replica.State switch
    {
        InstanceState.Running or InstanceState.Fatal or InstanceState.Exited or InstanceState.Backoff => true,
        // Stopped by command after it had come; before its start it is in that state too.
        InstanceState.Stopped => replica is { Wanted: false, Generation: > 0 },
        InstanceState.Waiting => resource.Annotations.OfType<WaitAnnotation>().Any(WaitsForEver),
        _ => false,
    };

    private bool WaitsForEver(WaitAnnotation wait)
    {
        if ((wait.WaitBehavior ?? byDefault) == WaitBehavior.StopOnResourceUnavailable || replicasOf(wait.Resource) is not { } replicas)
        {
            return false;
        }

        bool Stuck(InstanceSnapshot s) => s.State switch
        {
            InstanceState.Fatal or InstanceState.Stopped => true,
            InstanceState.Exited => wait.WaitType != WaitType.WaitForCompletion || s.ExitCode != wait.ExitCode,
            InstanceState.Waiting => Is(wait.Resource, s),
            _ => false,
        };
        return wait.AnyReplica ? replicas.All(Stuck) : replicas.Any(Stuck);
    }
}
