using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Finds what keeps a plan from being run: pure, but for the question who holds a port.</summary>
internal static class PlanFaults
{
    /// <summary>Ranges that leave the ports, and endpoints with two ranges.</summary>
    public static IEnumerable<string> OfSequences(IResource resource, IReadOnlyList<SequentialEndpoint> sequential)
    {
        var count = resource.GetReplicaCount();
        foreach (var sequence in sequential.Where(s => s.FirstPort + count - 1 > ModelPort.Max))
        {
            yield return $"Resource '{resource.Name}' with {count} replicas from port {sequence.FirstPort} on would reach port {sequence.FirstPort + count - 1}; the last one is {ModelPort.Max}. Lower FirstPort or the number of replicas.";
        }

        foreach (var twice in sequential.GroupBy(s => s.Endpoint).Where(g => g.Count() > 1))
        {
            yield return $"Endpoint '{twice.Key.Name}' of resource '{resource.Name}' is given sequential ports from {string.Join(" and from ", twice.Select(s => s.FirstPort))}. Call WithSequentialPorts once for each endpoint.";
        }
    }

    /// <summary>Settings of supervision that can't be meant, or that the resource can't have.</summary>
    public static IEnumerable<string> OfSupervision(IResource resource)
    {
        if (!resource.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision))
        {
            return [];
        }

        var faults = SupervisionFaults.Of(resource, supervision.Options);
        return (resource is ContainerResource || resource.HasAnnotationOfType<ContainerImageAnnotation>()) && !resource.HasAnnotationOfType<ExecutableAnnotation>() ? faults.Concat(SupervisionFaults.OfContainer(resource, supervision.Options)) : faults;
    }

    /// <summary>Ports that several are to listen on.</summary>
    public static IEnumerable<string> OfSharedPorts(IEnumerable<ResourcePlan> plans)
        => plans.SelectMany(p => p.Ports).Where(p => p.Port > 0).GroupBy(p => (p.Port, p.Protocol == ProtocolType.Udp)).Where(g => g.Count() > 1)
            .Select(shared => $"Port {shared.Key.Port} is given to {string.Join(" and to ", shared.Select(p => $"replica '{p.Replica}' (endpoint '{p.Endpoint}')"))}. Give each its own range or port.");

    /// <summary>Ports that a process outside the model listens on.</summary>
    public static IEnumerable<string> OfHeldPorts(IEnumerable<ResourcePlan> plans, Func<int, string?>? holder)
        => plans.SelectMany(p => p.Ports).Where(p => p.Protocol == ProtocolType.Tcp && p.Port > 0)
            .Select(p => (Planned: p, Holder: holder?.Invoke(p.Port))).Where(p => p.Holder is not null).Select(p => Held(p.Planned, p.Holder!));

    public static string Held(PlannedPort port, string holder)
        => $"Port {port.Port} for replica '{port.Replica}' of resource '{port.Resource}' is already in use by {holder}. Free it, or give the resource another port in the AppHost.";
}
