namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, by name. It may be made before the endpoint is declared, and before its address is known.</summary>
/// <param name="owner">The resource.</param>
/// <param name="endpointName">Name of the endpoint.</param>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>Creates the reference to a known endpoint.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpoint">The endpoint.</param>
    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
        : this(owner, (endpoint ?? throw new ArgumentNullException(nameof(endpoint))).Name)
    {
    }

    /// <summary>The resource.</summary>
    public IResourceWithEndpoints Resource { get; } = owner;

    /// <summary>Name of the endpoint.</summary>
    public string EndpointName { get; } = endpointName;

    /// <summary>The endpoint's declaration.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public EndpointAnnotation EndpointAnnotation => Find()
        ?? throw new InvalidOperationException($"The resource '{Resource.Name}' has no endpoint '{EndpointName}'. Declare it, or use one of: {Names()}.");

    /// <summary>True when the resource has the endpoint.</summary>
    public bool Exists => Find() is not null;

    /// <summary>True when the address is known.</summary>
    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    /// <summary>Scheme of its URL.</summary>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>True for the scheme http.</summary>
    public bool IsHttp => string.Equals(Scheme, "http", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for the scheme https.</summary>
    public bool IsHttps => string.Equals(Scheme, "https", StringComparison.OrdinalIgnoreCase);

    /// <summary>The host of the address.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public string Host => Known.Address;

    /// <summary>The port of the address.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public int Port => Known.Port;

    /// <summary>The port the process listens on, as declared.</summary>
    public int? TargetPort => EndpointAnnotation.TargetPort;

    /// <summary>The URL.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public string Url => Known.UriString;

    /// <inheritdoc/>
    public string ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint Known => EndpointAnnotation.AllocatedEndpoint
        ?? throw new InvalidOperationException(
            $"The address of endpoint '{EndpointName}' of resource '{Resource.Name}' is not known yet: addresses are given when the application starts. Use the reference itself as a value, or await GetValueAsync.");

    /// <summary>One property of the endpoint, as a value.</summary>
    /// <param name="property">Which.</param>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <summary>The address of one replica, as a value (ours).</summary>
    /// <param name="index">0-based index of the replica.</param>
    public IValueProvider ForReplica(int index) => new ReplicaEndpoint(this, index);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    private EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(e => string.Equals(e.Name, EndpointName, StringComparison.OrdinalIgnoreCase));

    private string Names()
    {
        var names = string.Join(", ", Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"'{e.Name}'"));
        return names.Length > 0 ? names : "(it has none)";
    }

    private sealed class ReplicaEndpoint(EndpointReference endpoint, int index) : IValueProvider
    {
        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var annotation = endpoint.EndpointAnnotation;
            await annotation.Allocated.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return index < annotation.ReplicaEndpoints.Count
                ? annotation.ReplicaEndpoints[index].UriString
                : throw new InvalidOperationException($"Resource '{endpoint.Resource.Name}' has {annotation.ReplicaEndpoints.Count} replicas; there is none with index {index}.");
        }
    }
}

/// <summary>The properties of an endpoint.</summary>
public enum EndpointProperty
{
    /// <summary>The URL.</summary>
    Url,

    /// <summary>The host.</summary>
    Host,

    /// <summary>The host as an IPv4 address.</summary>
    IPV4Host,

    /// <summary>The port.</summary>
    Port,

    /// <summary>The scheme.</summary>
    Scheme,

    /// <summary>The port the process listens on; each replica has its own.</summary>
    TargetPort,

    /// <summary>Host and port.</summary>
    HostAndPort,
}

/// <summary>One property of an endpoint, as a value.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="property">Which.</param>
public class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>The endpoint.</summary>
    public EndpointReference Endpoint { get; } = endpoint;

    /// <summary>Which property.</summary>
    public EndpointProperty Property { get; } = property;

    /// <inheritdoc/>
    public string ValueExpression => Property == EndpointProperty.HostAndPort
        ? $"{Placeholder("host")}:{Placeholder("port")}"
        : Placeholder(Property switch
        {
            EndpointProperty.Url => "url",
            EndpointProperty.Host or EndpointProperty.IPV4Host => "host",
            EndpointProperty.Port => "port",
            EndpointProperty.Scheme => "scheme",
            EndpointProperty.TargetPort => "targetPort",
            _ => throw new InvalidOperationException($"The endpoint property '{Property}' is not known."),
        });

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        var annotation = Endpoint.EndpointAnnotation;
        var allocated = await annotation.Allocated.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return Property switch
        {
            EndpointProperty.Url => allocated.UriString,
            EndpointProperty.Host => allocated.Address,
            EndpointProperty.IPV4Host => allocated.Address == "localhost" ? "127.0.0.1" : allocated.Address,
            EndpointProperty.Port => $"{allocated.Port}",
            EndpointProperty.Scheme => allocated.UriScheme,
            EndpointProperty.HostAndPort => allocated.EndPointString,
            EndpointProperty.TargetPort when ReferenceEquals(context.Caller, Endpoint.Resource) && context.Replica is { } replica => $"{replica.Ports[annotation.Name]}",
            EndpointProperty.TargetPort => $"{annotation.ReplicaEndpoints[0].Port}",
            _ => throw new InvalidOperationException($"The endpoint property '{Property}' is not known."),
        };
    }

    private string Placeholder(string property) => $"{{{Endpoint.Resource.Name}.bindings.{Endpoint.EndpointName}.{property}}}";
}
