using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Chooses the ports that the replicas of a resource listen on.</summary>
/// <param name="freePorts">Gives that many free ports in a row, outside the ones it must not take.</param>
/// <param name="taken">Ports that are spoken for; what is chosen here is added.</param>
/// <param name="randomizePorts">True in tests: ports that the engine may choose are chosen, whatever the model says.</param>
internal sealed class PortChooser(Func<int, IReadOnlySet<int>, int> freePorts, HashSet<int> taken, bool randomizePorts)
{
    private readonly HashSet<string> _warned = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Warnings { get; } = [];

    /// <summary>One port for each replica; of a resource without replicas the one that its first would have, so that those who refer to it get an address.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="sequential">Those of the resource that have sequential ports.</param>
    /// <param name="running">The port that the replica with this index listens on already; null: it does not run.</param>
    public IReadOnlyList<int> Choose(IResource resource, EndpointAnnotation endpoint, IReadOnlyList<SequentialEndpoint> sequential, Func<int, int?> running)
    {
        var count = Math.Max(1, resource.GetReplicaCount());
        if (sequential.FirstOrDefault(s => ReferenceEquals(s.Endpoint, endpoint)) is { } sequence)
        {
            return [.. Enumerable.Range(randomizePorts ? Free(count) : sequence.FirstPort, count)];
        }

        var first = sequential.Count > 0 && endpoint.FromSettings ? null : Fixed(resource, endpoint);
        if (first is not null && count > 1 && _warned.Add(resource.Name))
        {
            Warnings.Add($"Endpoint '{endpoint.Name}' of resource '{resource.Name}' has port {first}, and the resource has {count} replicas: that port reaches the first one only, the others listen on free ports. "
                + "WithSequentialPorts gives each a port that is known, and a gateway one address to all.");
        }

        return [.. Enumerable.Range(0, count).Select(i => i == 0 && first is { } port ? port : running(i) is { } before && taken.Add(before) ? before : Free(1))];
    }

    // Without a proxy there is one port. A process that is told it listens where others expect it; one that is not can only listen where it was made to.
    private int? Fixed(IResource resource, EndpointAnnotation endpoint)
    {
        var port = endpoint.Port is > 0 ? endpoint.Port : null;
        var target = endpoint.TargetPort is > 0 ? endpoint.TargetPort : null;
        var proxied = endpoint.IsProxied;
        if (PortMapping.IsMapped(resource))
        {
            return (proxied && randomizePorts ? null : port)
                ?? (resource.TryGetLastAnnotation<KeptPortsAnnotation>(out var kept) && kept.Ports.TryGetValue(endpoint.Name, out var before) ? before : null);
        }

        var told = EndpointInjection.IsTold(resource, endpoint) || resource.HasAnnotationOfType<HostNetworkAnnotation>();
        if (proxied && port is not null && target is not null && port != target && !randomizePorts)
        {
            var (served, other) = told ? (port, target) : (target, port);
            Warnings.Add($"Endpoint '{endpoint.Name}' of resource '{resource.Name}' has port {port} and target port {target}, and there is no proxy between the two: it is served on port {served}, and port {other} is not. Give it one of them.");
        }

        if (proxied && randomizePorts)
        {
            return told ? null : target;
        }

        return told ? port ?? target : target ?? port;
    }

    private int Free(int count)
    {
        var first = freePorts(count, taken);
        taken.UnionWith(Enumerable.Range(first, count));
        return first;
    }
}
