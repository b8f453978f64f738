using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>The rules that the ports of a resource's endpoints have to keep to be served: pure.</summary>
internal static class EndpointRules
{
    /// <exception cref="InvalidOperationException">Names resource, endpoint and remedy, for all endpoints of the model at once.</exception>
    public static void Check(IEnumerable<(IResource Resource, IReadOnlyList<SequentialEndpoint> Sequential)> resources)
    {
        var broken = resources.SelectMany(r => r.Resource.Annotations.OfType<EndpointAnnotation>().Select(e => Broken(r.Resource, e, r.Sequential))).OfType<string>().ToList();
        if (broken.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, broken));
        }
    }

    private static string? Broken(IResource resource, EndpointAnnotation endpoint, IReadOnlyList<SequentialEndpoint> sequential)
    {
        var which = $"Endpoint '{endpoint.Name}' of resource '{resource.Name}'";
        var replicas = resource.GetReplicaCount();
        if (sequential.FirstOrDefault(s => ReferenceEquals(s.Endpoint, endpoint)) is { } sequence)
        {
            return TwoSources(endpoint, sequence, which);
        }

        return (endpoint.IsProxied, endpoint.Port, endpoint.TargetPort) switch
        {
            (false, _, _) when resource is ProjectResource && replicas > 1
                => $"{which} has isProxied: false, and the resource has {replicas} replicas, which can't all listen on one port. Leave isProxied out, give each its own port with WithSequentialPorts, or run one replica.",
            (true, _, { } target) when replicas > 1 && !PortMapping.IsMapped(resource)
                => $"{which} has target port {target}, and the resource has {replicas} replicas, each of which needs a port of its own. Leave the target port out, or use WithSequentialPorts.",
            (_, _, null) when PortMapping.IsMapped(resource)
                => $"{which} has no target port: it has to say on which port the container listens. Give it targetPort:.",
            _ when PortMapping.IsMapped(resource) => null,
            (true, { } port, { } target) when port == target && port > 0 && !resource.HasAnnotationOfType<HostNetworkAnnotation>() && !resource.HasAnnotationOfType<UnmappedPortsAnnotation>()
                => $"{which} has {port} both as its port and as its target port, and a port can't be proxied to itself. Leave one of them out, or set isProxied: false.",
            (false, { } port, { } target) when port != target
                => $"{which} has isProxied: false, port {port} and target port {target}: without a proxy they must match. Leave one of them out.",
            (false, null, null)
                => $"{which} has isProxied: false and no port, and without a proxy it needs one. Give it port: or targetPort:.",
            _ => null,
        };
    }

    private static string? TwoSources(EndpointAnnotation endpoint, SequentialEndpoint sequence, string which)
    {
        var port = endpoint.FromSettings ? endpoint.DeclaredTargetPort : endpoint.Port ?? endpoint.TargetPort;
        return port is { } fixedPort ? $"{which} has port {fixedPort}, and WithSequentialPorts gives it {sequence.FirstPort} and up. Remove one of the two." : null;
    }
}
