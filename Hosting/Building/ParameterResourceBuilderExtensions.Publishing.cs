using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Publishing.Manifest;

namespace Aspire.Hosting;

public static partial class ParameterResourceBuilderExtensions
{
    /// <summary>Writes the resource to the manifest as a connection string that is asked for where the manifest is deployed, in place of the container itself.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <example><code>builder.AddResource(new Cache("cache")).WithImage("cache").PublishAsConnectionString();</code></example>
    public static IResourceBuilder<T> PublishAsConnectionString<T>(this IResourceBuilder<T> builder)
        where T : ContainerResource, IResourceWithConnectionString
    {
        ConfigureConnectionStringManifestPublisher((IResourceBuilder<IResourceWithConnectionString>)builder);
        return builder;
    }

    /// <summary>Writes the resource to the manifest as a connection string that is asked for where the manifest is deployed.</summary>
    /// <param name="builder">The resource.</param>
    public static void ConfigureConnectionStringManifestPublisher(IResourceBuilder<IResourceWithConnectionString> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ParameterResource asked = new(builder.Resource.Name, _ => "", secret: true) { IsConnectionString = true };
        builder.WithManifestPublishingCallback(context => ParameterEntry.Write(context, asked));
    }
}
