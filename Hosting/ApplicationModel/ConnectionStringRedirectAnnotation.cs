namespace Aspire.Hosting.ApplicationModel;

/// <summary>Another resource gives this one's connection string. Resources that can be replaced so look for this annotation themselves.</summary>
/// <param name="resource">The other resource.</param>
public class ConnectionStringRedirectAnnotation(IResourceWithConnectionString resource) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResourceWithConnectionString Resource { get; } = resource ?? throw new ArgumentNullException(nameof(resource));
}
