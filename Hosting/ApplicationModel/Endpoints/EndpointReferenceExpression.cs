using System.Net;
using System.Net.Sockets;
using Stack.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One property of an endpoint, as a value.</summary>
/// <param name="endpointReference">The endpoint.</param>
/// <param name="property">Which.</param>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpointReference ?? throw new ArgumentNullException(nameof(endpointReference));

    /// <summary>Which property.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc/>
    public string ValueExpression => Property switch
    {
        EndpointProperty.Url => Placeholder("url"),
        EndpointProperty.Host or EndpointProperty.IPV4Host => Placeholder("host"),
        EndpointProperty.Port => Placeholder("port"),
        EndpointProperty.Scheme => Placeholder("scheme"),
        EndpointProperty.TargetPort => Placeholder("targetPort"),
        EndpointProperty.HostAndPort => $"{Placeholder("host")}:{Placeholder("port")}",
        EndpointProperty.TlsEnabled => Placeholder("tlsEnabled"),
        _ => throw Unknown(),
    };

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    /// <summary>The property as this machine's processes see it; waits until the address is known.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    /// <summary>The property as the consumer sees it, from its own network; waits until the address is known.</summary>
    /// <param name="context">The consumer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var endpoint = Endpoint.EndpointAnnotation;
        switch (Property)
        {
            case EndpointProperty.Scheme:
                return endpoint.UriScheme;
            case EndpointProperty.TlsEnabled:
                return endpoint.TlsEnabled.ToString();
            case EndpointProperty.TargetPort:
                return await TargetPortAsync(endpoint, context, cancellationToken).ConfigureAwait(false);
            default:
                break;
        }

        var network = Endpoint.ContextNetworkID ?? context.Network ?? context.Caller?.DefaultNetwork() ?? endpoint.DefaultNetworkID;
        var address = await endpoint.AddressOnAsync(network, cancellationToken).ConfigureAwait(false);
        return Property switch
        {
            EndpointProperty.Url => address.UriString,
            EndpointProperty.Host => address.Address,
            EndpointProperty.IPV4Host => IPv4(address),
            EndpointProperty.Port => $"{address.Port}",
            EndpointProperty.HostAndPort => address.EndPointString,
            _ => throw Unknown(),
        };
    }

    private static string IPv4(AllocatedEndpoint address)
    {
        var isIPv4 = IPAddress.TryParse(address.Address, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork;
        return isIPv4 || address.NetworkID != KnownNetworkIdentifiers.LocalhostNetwork ? address.Address : "127.0.0.1";
    }

    // Each replica of the owner listens on a port of its own; others are told the first one's.
    private async ValueTask<string?> TargetPortAsync(EndpointAnnotation endpoint, ValueProviderContext context, CancellationToken cancellationToken)
    {
        if (endpoint.TargetPort is { } inside && PortMapping.IsMapped(Endpoint.Resource))
        {
            return $"{inside}";
        }

        if (ReferenceEquals(context.Caller, Endpoint.Resource) && context.Replica is { } replica && replica.Ports.TryGetValue(endpoint.Name, out var own))
        {
            return $"{own}";
        }

        var address = await endpoint.AddressOnAsync(endpoint.DefaultNetworkID, cancellationToken).ConfigureAwait(false);
        return endpoint.ReplicaEndpoints is [var first, ..] ? $"{first.Port}" : address.TargetPortExpression ?? $"{endpoint.TargetPort ?? address.Port}";
    }

    private string Placeholder(string name) => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{name}}}";

    private InvalidOperationException Unknown()
        => new($"The property '{Property}' of endpoint '{Endpoint.EndpointName}' of resource '{Endpoint.Resource.Name}' does not exist. Use one of the named values of EndpointProperty.");
}
