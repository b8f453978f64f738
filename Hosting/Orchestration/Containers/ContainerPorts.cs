using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Which ports of this machine lead into a container: pure.</summary>
internal static class ContainerPorts
{
    public static IReadOnlyList<PublishedPort> Of(IResource resource, ReplicaIdentity replica)
        => !PortMapping.IsMapped(resource)
            ? []
            : [.. resource.Annotations.OfType<EndpointAnnotation>()
                .Where(e => e.TargetPort is not null && replica.Ports.ContainsKey(e.Name))
                .Select(e => new PublishedPort(e.Name, Address(e.TargetHost), replica.Ports[e.Name], e.TargetPort!.Value, e.Protocol == ProtocolType.Udp ? "udp" : "tcp"))];

    /// <summary>How the label of a persistent container tells its ports.</summary>
    public static string Text(IEnumerable<PublishedPort> ports) => string.Join(';', ports.Select(p => $"{p.Endpoint}={p.HostPort}"));

    /// <summary>Reads that label.</summary>
    public static Dictionary<string, int> Parse(string text)
        => text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('='))
            .Where(p => p.Length == 2 && int.TryParse(p[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .ToDictionary(p => p[0], p => int.Parse(p[1], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    private static string Address(string targetHost) => targetHost switch
    {
        "0.0.0.0" or "*" or "+" => "0.0.0.0",
        "::" or "[::]" => "::",
        _ when System.Net.IPAddress.TryParse(targetHost, out _) => targetHost,
        _ => "127.0.0.1",
    };
}
