using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>The address of an external service as a value.</summary>
internal sealed class ExternalServiceUrl(ExternalServiceResource service) : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    public string ValueExpression => service.Uri?.ToString() ?? service.UrlParameter!.ValueExpression;

    public IEnumerable<object> References => service.UrlParameter is { } parameter ? [parameter] : [];

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        => service.Uri?.ToString() ?? (await service.GetUriAsync(cancellationToken).ConfigureAwait(false)).ToString();
}
