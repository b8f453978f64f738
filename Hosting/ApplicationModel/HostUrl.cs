namespace Aspire.Hosting.ApplicationModel;

/// <summary>An address of something on this machine. Consumers that see the machine by another name get it with that name.</summary>
/// <param name="Url">The address as seen on this machine.</param>
public record HostUrl(string Url) : IValueProvider, IManifestExpressionProvider
{
    string IManifestExpressionProvider.ValueExpression => Url;

    ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(Url);

    ValueTask<string?> IValueProvider.GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(Url);
}
