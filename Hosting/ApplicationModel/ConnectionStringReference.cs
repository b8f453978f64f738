namespace Aspire.Hosting.ApplicationModel;

/// <summary>A use of another resource's connection string.</summary>
/// <param name="resource">The other resource.</param>
/// <param name="optional">True: a connection string that has no value is left out; false: it is an error.</param>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    /// <summary>The other resource.</summary>
    public IResourceWithConnectionString Resource { get; } = resource ?? throw new ArgumentNullException(nameof(resource));

    /// <summary>True when it may be without a value.</summary>
    public bool Optional { get; } = optional;

    string IManifestExpressionProvider.ValueExpression => Resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
        => CheckAsync(() => Resource.GetValueAsync(cancellationToken));

    ValueTask<string?> IValueProvider.GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken)
        => CheckAsync(() => Resource.GetValueAsync(context, cancellationToken));

    private async ValueTask<string?> CheckAsync(Func<ValueTask<string?>> read)
    {
        string? value;
        try
        {
            value = await read().ConfigureAwait(false);
        }
        catch (MissingParameterValueException) when (Optional)
        {
            return null;
        }

        return !string.IsNullOrEmpty(value) ? value
            : Optional ? null
            : throw new DistributedApplicationException(
                $"The connection string of resource '{Resource.Name}' has no value. Give it one, or refer to it with optional: true.");
    }
}
