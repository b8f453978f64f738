using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>Whether the AppHost adds ServiceDefaults to a site.</summary>
/// <param name="Inject">True: it does; false: it does not; null: where the site has none of its own.</param>
internal sealed record ServiceDefaultsAnnotation(bool? Inject) : IResourceAnnotation
{
    public static bool? Of(IResource resource) => resource.Annotations.OfType<ServiceDefaultsAnnotation>().LastOrDefault()?.Inject;
}
