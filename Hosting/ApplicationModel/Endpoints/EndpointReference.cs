using Stack.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint of a resource, by name. It may be made before the endpoint is declared, and before its address is known.</summary>
public sealed class EndpointReference : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    /// <summary>Creates the reference to an endpoint that need not be declared yet.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpointName">Name of the endpoint.</param>
    /// <param name="contextNetworkID">The network to see it from; null: that of whoever asks.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName, NetworkIdentifier? contextNetworkID)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(endpointName);
        Resource = owner;
        EndpointName = endpointName;
        ContextNetworkID = contextNetworkID;
    }

    /// <summary>Creates the reference to an endpoint that need not be declared yet.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpointName">Name of the endpoint.</param>
    public EndpointReference(IResourceWithEndpoints owner, string endpointName)
        : this(owner, endpointName, null)
    {
    }

    /// <summary>Creates the reference to a known endpoint.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="contextNetworkID">The network to see it from; null: that of whoever asks.</param>
    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint, NetworkIdentifier? contextNetworkID)
        : this(owner, (endpoint ?? throw new ArgumentNullException(nameof(endpoint))).Name, contextNetworkID)
    {
    }

    /// <summary>Creates the reference to a known endpoint.</summary>
    /// <param name="owner">The resource.</param>
    /// <param name="endpoint">The endpoint.</param>
    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint)
        : this(owner, endpoint, null)
    {
    }

    /// <summary>The resource.</summary>
    public IResourceWithEndpoints Resource { get; }

    /// <summary>Name of the endpoint.</summary>
    public string EndpointName { get; }

    /// <summary>The network to see it from; null: that of whoever asks.</summary>
    public NetworkIdentifier? ContextNetworkID { get; }

    /// <summary>The endpoint's declaration.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public EndpointAnnotation EndpointAnnotation => Find()
        ?? throw new InvalidOperationException(ErrorMessage ?? $"The resource '{Resource.Name}' has no endpoint '{EndpointName}'. Declare it, or use one of: {Names()}.");

    /// <summary>What to say when the resource has no such endpoint; null: a text that names both.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>True when the resource has the endpoint.</summary>
    public bool Exists => Find() is not null;

    /// <summary>True when the address is known.</summary>
    public bool IsAllocated => Find() is { } endpoint && Address(endpoint) is not null;

    /// <summary>Scheme of its URL.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public string Scheme => EndpointAnnotation.UriScheme;

    /// <summary>True for the scheme http.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public bool IsHttp => EndpointAnnotation.HasScheme("http");

    /// <summary>True for the scheme https.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public bool IsHttps => EndpointAnnotation.HasScheme("https");

    /// <summary>True when the connection is encrypted.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public bool TlsEnabled => EndpointAnnotation.TlsEnabled;

    /// <summary>The host of the address.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public string Host => Known.Address;

    /// <summary>The port of the address.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public int Port => Known.Port;

    /// <summary>The port the process listens on, as declared; null: none was.</summary>
    /// <exception cref="InvalidOperationException">The resource has no endpoint of that name.</exception>
    public int? TargetPort => EndpointAnnotation.TargetPort;

    /// <summary>The URL.</summary>
    /// <exception cref="InvalidOperationException">The address is not known yet.</exception>
    public string Url => Known.UriString;

    /// <inheritdoc/>
    public string ValueExpression => Property(EndpointProperty.Url).ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    private AllocatedEndpoint Known => Address(EndpointAnnotation)
        ?? throw new InvalidOperationException(
            $"The address of endpoint '{EndpointName}' of resource '{Resource.Name}' is not known yet: addresses are given when the application starts. Use the reference itself as a value, or await GetValueAsync.");

    /// <summary>One property of the endpoint, as a value.</summary>
    /// <param name="property">Which.</param>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    /// <summary>One of two values: whether the connection to the endpoint is encrypted decides.</summary>
    /// <param name="enabledValue">The value when it is.</param>
    /// <param name="disabledValue">The value when it is not.</param>
    public ReferenceExpression GetTlsValue(ReferenceExpression enabledValue, ReferenceExpression disabledValue)
        => ReferenceExpression.CreateConditional(Property(EndpointProperty.TlsEnabled), bool.TrueString, enabledValue, disabledValue);

    /// <summary>The URL of one replica, as a value (ours): <c>http://127.0.0.1:8002</c>, whatever fronts the resource.</summary>
    /// <param name="index">0-based index of the replica.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public ReplicaEndpointReference ForReplica(int index) => new(this, index);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        => Property(EndpointProperty.Url).GetValueAsync(context, cancellationToken);

    private AllocatedEndpoint? Address(EndpointAnnotation endpoint) => endpoint.AddressOn(ContextNetworkID ?? endpoint.DefaultNetworkID);

    private EndpointAnnotation? Find() => Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.HasName(EndpointName));

    private string Names()
    {
        var names = string.Join(", ", Resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"'{e.Name}'"));
        return names.Length > 0 ? names : "(it has none)";
    }
}
