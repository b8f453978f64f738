using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Finds the address of an endpoint as seen from a network.</summary>
internal static class EndpointAddresses
{
    /// <summary>The network that a resource's own values are seen from.</summary>
    public static NetworkIdentifier DefaultNetwork(this IResource resource)
        => resource.IsContainer() && PortMapping.IsMapped(resource) ? KnownNetworkIdentifiers.DefaultAspireContainerNetwork : KnownNetworkIdentifiers.LocalhostNetwork;

    /// <summary>The address, if it is known. A container network without an address of its own sees that of the machine: nothing is rewritten for a container with the host's network.</summary>
    public static AllocatedEndpoint? AddressOn(this EndpointAnnotation endpoint, NetworkIdentifier network)
        => endpoint.AllAllocatedEndpoints.TryGetAllocatedEndpoint(network, out var address) ? address
            : network == KnownNetworkIdentifiers.DefaultAspireContainerNetwork ? endpoint.AllocatedEndpoint
            : null;

    /// <summary>The address; waits until it is known. All addresses are given before anything starts.</summary>
    public static async ValueTask<AllocatedEndpoint> AddressOnAsync(this EndpointAnnotation endpoint, NetworkIdentifier network, CancellationToken cancellationToken)
    {
        var addresses = endpoint.AllAllocatedEndpoints;
        if (network != KnownNetworkIdentifiers.DefaultAspireContainerNetwork)
        {
            return await addresses.GetAllocatedEndpointAsync(network, cancellationToken).ConfigureAwait(false);
        }

        var own = await addresses.GetAllocatedEndpointAsync(endpoint.DefaultNetworkID, cancellationToken).ConfigureAwait(false);
        return endpoint.AddressOn(network) ?? own;
    }
}
