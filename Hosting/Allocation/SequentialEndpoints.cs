using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Allocation;

/// <summary>Finds the endpoints that have sequential ports.</summary>
internal static class SequentialEndpoints
{
    /// <summary>The endpoints of a resource, in the order of the calls; one that is missing is declared.</summary>
    public static IReadOnlyList<SequentialEndpoint> Of(IResource resource)
        => [.. resource.Annotations.OfType<SequentialPortsAnnotation>().Select(a => new SequentialEndpoint(Find(resource, a.EndpointName), a.FirstPort))];

    private static EndpointAnnotation Find(IResource resource, string? name)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        var found = name is null
            ? endpoints.Find(e => e.HasName("http")) ?? endpoints.Find(e => e.IsHttpLike)
            : endpoints.Find(e => e.HasName(name));
        if (found is null)
        {
            found = new EndpointAnnotation(ProtocolType.Tcp, string.Equals(name, "https", StringComparison.OrdinalIgnoreCase) ? "https" : "http", name: name ?? "http");
            resource.Annotations.Add(found);
        }

        return found;
    }
}

/// <summary>An endpoint whose replicas listen on <c>FirstPort + index</c>.</summary>
internal sealed record SequentialEndpoint(EndpointAnnotation Endpoint, int FirstPort);
