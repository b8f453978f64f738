using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Adds a part to a resource's connection properties, or replaces the one of that name.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name: <c>Host</c>.</param>
    /// <param name="value">The value.</param>
    /// <example><code>database.WithConnectionProperty("Port", ReferenceExpression.Create($"{port}"));</code></example>
    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value)
        where T : IResourceWithConnectionString
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithAnnotation(new ConnectionPropertyAnnotation(name, value));
    }

    /// <summary>Adds a part to a resource's connection properties, or replaces the one of that name.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Name: <c>Ssl</c>.</param>
    /// <param name="value">The value.</param>
    /// <example><code>database.WithConnectionProperty("Ssl", "true");</code></example>
    public static IResourceBuilder<T> WithConnectionProperty<T>(this IResourceBuilder<T> builder, string name, string value)
        where T : IResourceWithConnectionString
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithConnectionProperty(name, ReferenceExpression.Create($"{value}"));
    }

    /// <summary>Notes that another resource gives the connection string. A resource that can be replaced so looks for the annotation in its own <see cref="IResourceWithConnectionString.ConnectionStringExpression"/>.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="resource">The other resource.</param>
    /// <example><code>database.WithConnectionStringRedirection(shared.Resource);</code></example>
    public static IResourceBuilder<T> WithConnectionStringRedirection<T>(this IResourceBuilder<T> builder, IResourceWithConnectionString resource)
        where T : IResourceWithConnectionString
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ConnectionStringRedirectAnnotation(resource), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>One part of a resource's connection properties, added ones included; an empty expression when there is none of that name.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="key">Name, without regard to case.</param>
    public static ReferenceExpression GetConnectionProperty(this IResourceWithConnectionString resource, string key)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(key);
        return References.ConnectionProperties(resource)
            .Where(p => string.Equals(p.Key, key, StringComparison.OrdinalIgnoreCase))
            .Select(p => p.Value).FirstOrDefault(ReferenceExpression.Empty);
    }
}
