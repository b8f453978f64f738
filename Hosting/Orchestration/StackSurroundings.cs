using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>Tells the control socket, the AppHost's observers and the kept numbers of what happens to replicas.</summary>
internal sealed class StackSurroundings(StackControl control, ResourceFollower follower, DesiredReplicas? desired) : IStackSurroundings
{
    public void ReplicaChanged(ResourcePlan resource, InstanceSnapshot replica) => control.Changed(resource.Name, replica);

    public void RolloutChanged(string resource)
    {
        if (Find(resource) is { } changed)
        {
            control.RolloutChanged(changed);
        }
    }

    public void Alert(string resource, string? replica, string text) => control.Alert(resource, replica, text);

    public ResourceOrchestrator OrchestratorOf(IResource resource) => control.Resources.First(r => ReferenceEquals(r.Plan.Resource, resource));

    public IReadOnlyCollection<PlannedPort> PortsBeside(string resource) => [.. control.Resources.Where(r => r.Name != resource).SelectMany(r => r.Plan.Ports)];

    public IReadOnlyList<string> Taken(IEnumerable<PlannedPort> ports) => PortCheck.Taken(ports);

    public async Task AppearAsync(ResourcePlan plan, int first, CancellationToken cancellationToken)
    {
        foreach (var replica in plan.Replicas.Skip(first))
        {
            follower.AttachLog(replica.Name, control.LogFile(replica.Name));
        }

        await follower.AnnounceAsync(plan.Resource, first, cancellationToken).ConfigureAwait(false);
    }

    public void Disappear(ResourcePlan plan, string replica) => follower.Forget(plan.Resource, replica);

    public void Keep(string resource, int replicas) => desired?.Keep(resource, replicas);

    private ResourceOrchestrator? Find(string resource) => control.Resources.FirstOrDefault(r => r.Name == resource);
}
