namespace Aspire.Hosting.ApplicationModel;

/// <summary>Stands for the replicas of a resource where a value is asked for outside of a start.</summary>
internal static class FirstReplica
{
    /// <summary>The first replica, as far as its ports are known; null when none is.</summary>
    public static ReplicaIdentity? Of(IResource resource)
    {
        var ports = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            if (endpoint.ReplicaEndpoints.Count > 0)
            {
                ports[endpoint.Name] = endpoint.ReplicaEndpoints[0].Port;
            }
            else if ((endpoint.TargetPort ?? endpoint.AllocatedEndpoint?.Port ?? endpoint.Port) is { } port)
            {
                ports[endpoint.Name] = port;
            }
            else
            {
                return null;
            }
        }

        var first = ports.Count > 0 ? ports.First().Value : (int?)null;
        var name = resource.GetReplicaCount() > 1 ? $"{resource.Name}-{first ?? 0}" : resource.Name;
        return new ReplicaIdentity(name, 0, ports) { Port = first };
    }
}
