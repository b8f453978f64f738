using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Works out what a resource's plan is with another number of replicas, while the stack runs. Pure, but for the free ports that it asks for.</summary>
/// <param name="freePorts">Gives that many free ports in a row, outside the ones it must not take.</param>
internal sealed class PlanGrowth(Func<int, IReadOnlySet<int>, int> freePorts)
{
    /// <param name="plan">The plan as it is now.</param>
    /// <param name="count">How many replicas there are to be.</param>
    /// <param name="others">The ports of all other resources.</param>
    /// <returns>The plan: the replicas that there are already are the same in it. Or what is wrong with it.</returns>
    public (ResourcePlan? Plan, string? Fault) Resize(ResourcePlan plan, int count, IReadOnlyCollection<PlannedPort> others)
    {
        if (WhyNot(plan.Resource) is { } why)
        {
            return (null, why);
        }

        var kept = plan.Replicas.Take(count).ToList();
        var added = Added(plan, count, [.. others.Concat(plan.Ports).Select(p => p.Port)]);
        if (Faults(plan, added, others).ToList() is { Count: > 0 } faults)
        {
            return (null, string.Join(Environment.NewLine, faults));
        }

        List<ReplicaIdentity> replicas = [.. kept, .. added];
        return (plan with { Replicas = replicas, Ports = PlanMaker.PortsOf(plan.Resource, replicas) }, null);
    }

    private static string? WhyNot(IResource resource)
    {
        if (resource is not (ProjectResource or ExecutableResource) || resource.IsContainer())
        {
            return $"'{resource.Name}' is a container, which runs once. Projects and executables can be scaled.";
        }

        var sequential = SequentialEndpoints.Of(resource).Select(s => s.Endpoint).ToHashSet();
        return resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => !sequential.Contains(e) && IsFixed(e)) is { } endpoint
            ? $"Endpoint '{endpoint.Name}' of '{resource.Name}' has the fixed port {endpoint.TargetPort ?? endpoint.Port}, which only one replica can listen on. Give each its own with WithSequentialPorts in the AppHost, or leave the port out."
            : null;
    }

    // One from the launch settings is the user's for one process; the others may have any.
    private static bool IsFixed(EndpointAnnotation endpoint) => !endpoint.FromSettings && (endpoint.TargetPort ?? endpoint.Port) > 0;

    private List<ReplicaIdentity> Added(ResourcePlan plan, int count, HashSet<int> taken)
    {
        var endpoints = plan.Resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var sequential = SequentialEndpoints.Of(plan.Resource);
        var naming = PlanMaker.Naming(endpoints, sequential);
        List<ReplicaIdentity> added = [];
        for (var index = plan.Replicas.Count; index < count; index++)
        {
            var ports = endpoints.ToDictionary(
                e => e.Name, e => Port(plan.EndpointPorts[e.Name], index, sequential.Any(s => ReferenceEquals(s.Endpoint, e)), taken), StringComparer.OrdinalIgnoreCase);
            int? port = naming is null ? null : ports[naming.Name];
            var name = index == 0 && sequential.Count == 0 && plan.FirstIsNamedLikeResource ? plan.Name : $"{plan.Name}-{port ?? index}";
            added.Add(new ReplicaIdentity(name, index, ports) { Port = port });
        }

        return added;
    }

    // A replica that was in the plan gets its ports back.
    private int Port(IReadOnlyList<int> planned, int index, bool isSequential, HashSet<int> taken)
    {
        if (index < planned.Count || isSequential)
        {
            return index < planned.Count ? planned[index] : planned[0] + index;
        }

        var port = freePorts(1, taken);
        taken.Add(port);
        return port;
    }

    private static IEnumerable<string> Faults(ResourcePlan plan, IReadOnlyList<ReplicaIdentity> added, IReadOnlyCollection<PlannedPort> others)
    {
        foreach (var port in PlanMaker.PortsOf(plan.Resource, added))
        {
            if (port.Port > ModelPort.Max)
            {
                yield return $"Replica {port.Replica} would listen on port {port.Port}; the last one is {ModelPort.Max}. Lower FirstPort or the number of replicas.";
            }
            else if (others.FirstOrDefault(o => o.Port == port.Port && o.Protocol == port.Protocol) is { } other)
            {
                yield return $"Port {port.Port} for replica '{port.Replica}' of resource '{plan.Name}' belongs to replica '{other.Replica}' (endpoint '{other.Endpoint}') of '{other.Resource}'. Keep the number of replicas below that, or give one of the two another range in the AppHost.";
            }
        }
    }
}
