using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>The URL of one replica of a resource, as a value. In published files only targets that keep the replicas of a resource can fill it in.</summary>
public sealed class ReplicaEndpointReference : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    internal ReplicaEndpointReference(EndpointReference endpoint, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Endpoint = endpoint;
        Index = index;
    }

    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; }

    /// <summary>0-based index of the replica.</summary>
    public int Index { get; }

    /// <summary>The placeholder, which names the replica: <c>{site.replicas.1.bindings.http.url}</c>. Aspire's manifest has no such thing.</summary>
    public string ValueExpression => $"{{{Endpoint.Resource.Name}.replicas.{Index}.bindings.{Endpoint.EndpointName}.url}}";

    IEnumerable<object> IValueWithReferences.References => [Endpoint.Resource];

    /// <summary>The URL; waits until it is known.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The resource has no such endpoint or no such replica.</exception>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var endpoint = Endpoint.EndpointAnnotation;
        await endpoint.AddressOnAsync(endpoint.DefaultNetworkID, cancellationToken).ConfigureAwait(false);
        return Index < endpoint.ReplicaEndpoints.Count
            ? endpoint.ReplicaEndpoints[Index].UriString
            : throw new InvalidOperationException(
                $"Resource '{Endpoint.Resource.Name}' has {endpoint.ReplicaEndpoints.Count} replicas; there is none with index {Index}.");
    }
}
