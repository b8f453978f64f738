using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>What the orchestrator of one resource needs of the stack around it.</summary>
internal interface IStackSurroundings
{
    /// <summary>A replica has published a snapshot.</summary>
    void ReplicaChanged(ResourcePlan resource, InstanceSnapshot replica);

    /// <summary>A roll-out began, went a step on, froze, or ended; or the number of replicas changed.</summary>
    void RolloutChanged(string resource);

    /// <summary>Something that somebody should look at.</summary>
    void Alert(string resource, string? replica, string text);

    /// <summary>What starts and stops another resource of the stack.</summary>
    ResourceOrchestrator OrchestratorOf(IResource resource);

    /// <summary>The ports of all other resources, as they are now.</summary>
    IReadOnlyCollection<PlannedPort> PortsBeside(string resource);

    /// <summary>Says of each port that a process of the machine listens on that it does, and which.</summary>
    IReadOnlyList<string> Taken(IEnumerable<PlannedPort> ports);

    /// <summary>Replicas have come: what they write and what they are may be seen from now on.</summary>
    /// <param name="plan">The plan that has them.</param>
    /// <param name="first">Index of the first that is new.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AppearAsync(ResourcePlan plan, int first, CancellationToken cancellationToken);

    /// <summary>A replica is gone for good; the file of what it wrote stays.</summary>
    void Disappear(ResourcePlan plan, string replica);

    /// <summary>The number of replicas is to be kept, where the mode says so.</summary>
    void Keep(string resource, int replicas);
}
