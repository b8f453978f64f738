using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Declares resources that the AppHost starts itself.</summary>
public static class CustomResourceExtensions
{
    /// <summary>Sets the first snapshot of a custom resource.</summary>
    /// <typeparam name="TResource">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="initialSnapshot">The snapshot.</param>
    public static IResourceBuilder<TResource> WithInitialState<TResource>(this IResourceBuilder<TResource> builder, CustomResourceSnapshot initialSnapshot)
        where TResource : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(initialSnapshot);
        return builder.WithAnnotation(new ResourceSnapshotAnnotation(initialSnapshot), ResourceAnnotationMutationBehavior.Replace);
    }
}
