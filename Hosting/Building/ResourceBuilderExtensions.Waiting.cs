using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Lets the resource start when another one runs and is healthy, all replicas of it.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself, nor for its own parent.</exception>
    /// <example><code>site.WaitFor(database);</code></example>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.Wait(dependency, r => new WaitAnnotation(r, WaitType.WaitUntilHealthy));

    /// <summary>Lets the resource start when another one runs and is healthy, all replicas of it.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <param name="waitBehavior">What happens when the other one ends or fails.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself, nor for its own parent.</exception>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport
        => builder.Wait(dependency, r => new WaitAnnotation(r, WaitType.WaitUntilHealthy) { WaitBehavior = waitBehavior });

    /// <summary>Lets the resource start when another one runs.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself, nor for its own parent.</exception>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
        => builder.Wait(dependency, r => new WaitAnnotation(r, WaitType.WaitUntilStarted));

    /// <summary>Lets the resource start when another one runs.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <param name="waitBehavior">What happens when the other one ends or fails.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself, nor for its own parent.</exception>
    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport
        => builder.Wait(dependency, r => new WaitAnnotation(r, WaitType.WaitUntilStarted) { WaitBehavior = waitBehavior });

    /// <summary>Lets the resource start when another one has ended with an exit code.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="dependency">The other one.</param>
    /// <param name="exitCode">The exit code that counts as success.</param>
    /// <exception cref="DistributedApplicationException">A resource can't wait for itself, nor for its own parent.</exception>
    /// <example><code>site.WaitForCompletion(migration);</code></example>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport
        => builder.Wait(dependency, r => new WaitAnnotation(r, WaitType.WaitForCompletion, exitCode));

    private static IResourceBuilder<T> Wait<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, Func<IResource, WaitAnnotation> wait)
        where T : IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dependency);
        var other = dependency.Resource;
        if (ReferenceEquals(builder.Resource, other))
        {
            throw new DistributedApplicationException($"The resource '{other.Name}' can't wait for itself. Remove that wait.");
        }

        if ((builder.Resource as IResourceWithParent)?.Parent is { } parent && ReferenceEquals(parent, other))
        {
            throw new DistributedApplicationException($"The resource '{builder.Resource.Name}' can't wait for its own parent '{other.Name}': it lives with it. Remove that wait.");
        }

        builder.WithRelationship(other, KnownRelationshipTypes.WaitFor);

        // A child lives with its parent, which may have checks of its own.
        return other is IResourceWithParent { Parent: var grandparent } && !ReferenceEquals(grandparent, builder.Resource)
            ? builder.Wait(builder.ApplicationBuilder.CreateResourceBuilder(grandparent), wait).WithAnnotation(wait(other))
            : builder.WithAnnotation(wait(other));
    }
}
