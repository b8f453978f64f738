using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Finds resources of an application that is being built.</summary>
public static class DistributedApplicationBuilderExtensions
{
    /// <summary>Makes a builder for a resource that was added before.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource, without regard to case.</param>
    /// <exception cref="InvalidOperationException">There is no resource of that name and type; names it.</exception>
    /// <example><code>builder.CreateResourceBuilder&lt;ProjectResource&gt;("site").WithReplicas(2);</code></example>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return Find(builder, name) switch
        {
            T found => builder.CreateResourceBuilder(found),
            null => throw new InvalidOperationException($"There is no resource '{name}'. Add it before, or use one of: {Names(builder)}."),
            var other => throw new InvalidOperationException($"The resource '{name}' is a {other.GetType().Name}, not a {typeof(T).Name}. Ask for that type."),
        };
    }

    /// <summary>Makes a builder for a resource if it was added before.</summary>
    /// <typeparam name="T">Type of the resource.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource, without regard to case.</param>
    /// <param name="resourceBuilder">The builder.</param>
    /// <returns>False when there is no resource of that name and type.</returns>
    public static bool TryCreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name, [NotNullWhen(true)] out IResourceBuilder<T>? resourceBuilder)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        resourceBuilder = Find(builder, name) is T found ? builder.CreateResourceBuilder(found) : null;
        return resourceBuilder is not null;
    }

    private static IResource? Find(IDistributedApplicationBuilder builder, string name)
        => builder.Resources.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.OrdinalIgnoreCase));

    private static string Names(IDistributedApplicationBuilder builder)
        => builder.Resources.Count > 0 ? string.Join(", ", builder.Resources.Select(r => $"'{r.Name}'")) : "(there is none)";
}
