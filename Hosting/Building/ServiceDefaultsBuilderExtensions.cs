using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Building;

/// <summary>What Stack adds to sites that know nothing of it.</summary>
public static class ServiceDefaultsBuilderExtensions
{
    /// <summary>
    /// Says whether a site gets ServiceDefaults from the AppHost: telemetry, a summary record of each request, forwarded headers of the gateway, the shared key ring, Kestrel limits, static web assets, and what a
    /// drain asks for at <c>/alive</c>. Without this call it gets them where its build does not contain <c>Stack.ServiceDefaults</c>. In run mode only: what is published has what the site references.
    /// </summary>
    /// <param name="builder">The project; it runs on .NET 10 or later.</param>
    /// <param name="inject">True: always; false: never; null (the default): when the site's <c>*.deps.json</c> does not list <c>Stack.ServiceDefaults</c>. The setting <c>Stack:Inject:Enabled</c> = false turns it off for all projects.</param>
    /// <remarks>They come by <c>DOTNET_STARTUP_HOOKS</c> and <c>ASPNETCORE_HOSTINGSTARTUPASSEMBLIES</c>, after what the AppHost sets there itself. Where it is not possible, or without effect, a warning says why. See docs/any-site.md.</remarks>
    /// <example><code>builder.AddProject("shop", "../Shop/Shop.csproj").WithServiceDefaults(inject: false);</code></example>
    public static IResourceBuilder<ProjectResource> WithServiceDefaults(this IResourceBuilder<ProjectResource> builder, bool? inject = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ServiceDefaultsAnnotation(inject), ResourceAnnotationMutationBehavior.Replace);
    }
}
