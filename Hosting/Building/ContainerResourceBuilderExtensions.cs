using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds containers and says what they run.</summary>
public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="image">The image; may carry a registry, and a tag or a digest. Without both the tag is <c>latest</c>.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>builder.AddContainer("cache", "redis:7");</code></example>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, [ResourceName] string name, string image)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(image);
        return builder.AddResource(new ContainerResource(name)).WithImage(image);
    }

    /// <summary>Adds a container.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="image">The image, without a tag; may carry a registry.</param>
    /// <param name="tag">The tag.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <exception cref="InvalidOperationException">The image carries a tag too.</exception>
    /// <example><code>builder.AddContainer("cache", "redis", "7");</code></example>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, [ResourceName] string name, string image, string tag)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(image);
        ArgumentException.ThrowIfNullOrEmpty(tag);
        return builder.AddResource(new ContainerResource(name)).WithImage(image, tag);
    }

    /// <summary>Sets the program that the container starts with, in place of the image's own.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="entrypoint">The program, as a path in the image or a name on its PATH.</param>
    /// <example><code>builder.AddContainer("tool", "alpine").WithEntrypoint("/bin/sh").WithArgs("-c", "date");</code></example>
    public static IResourceBuilder<T> WithEntrypoint<T>(this IResourceBuilder<T> builder, string entrypoint)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(entrypoint);
        builder.Resource.Entrypoint = entrypoint;
        return builder;
    }

    /// <summary>Adds arguments for the container engine, in front of the image.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="args">The arguments.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithContainerRuntimeArgs("--memory", "256m");</code></example>
    public static IResourceBuilder<T> WithContainerRuntimeArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(args);
        return builder.WithContainerRuntimeArgs(context =>
        {
            foreach (var argument in args)
            {
                context.Args.Add(argument);
            }
        });
    }

    /// <summary>Adds arguments for the container engine at each start, in front of the image.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="callback">Adds them.</param>
    /// <example><code>container.WithContainerRuntimeArgs(context => context.Args.Add("--privileged"));</code></example>
    public static IResourceBuilder<T> WithContainerRuntimeArgs<T>(this IResourceBuilder<T> builder, Action<ContainerRuntimeArgsCallbackContext> callback)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(callback);
        return builder.WithContainerRuntimeArgs(context =>
        {
            callback(context);
            return Task.CompletedTask;
        });
    }

    /// <summary>Adds arguments for the container engine at each start, in front of the image.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="callback">Adds them.</param>
    /// <example><code>container.WithContainerRuntimeArgs(async context => context.Args.Add(await ReadLimitAsync()));</code></example>
    public static IResourceBuilder<T> WithContainerRuntimeArgs<T>(this IResourceBuilder<T> builder, Func<ContainerRuntimeArgsCallbackContext, Task> callback)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ContainerRuntimeArgsCallbackAnnotation(callback));
    }

    /// <summary>Says how long the container lives. Default: as long as the AppHost.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="lifetime">How long.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithLifetime(ContainerLifetime.Persistent);</code></example>
    public static IResourceBuilder<T> WithLifetime<T>(this IResourceBuilder<T> builder, ContainerLifetime lifetime)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ContainerLifetimeAnnotation { Lifetime = lifetime }, ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Sets the name that the engine gives to the container. Default: the resource's name and some letters more.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">The name, used as it is.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithContainerName("shop-cache");</code></example>
    public static IResourceBuilder<T> WithContainerName<T>(this IResourceBuilder<T> builder, string name)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return builder.WithAnnotation(new ContainerNameAnnotation { Name = name }, ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Adds a name by which other containers of the application reach this one, beside the resource's own.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="alias">The name.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithContainerNetworkAlias("redis");</code></example>
    public static IResourceBuilder<T> WithContainerNetworkAlias<T>(this IResourceBuilder<T> builder, string alias)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(alias);
        return builder.WithAnnotation(new ContainerNetworkAliasAnnotation(alias));
    }

    /// <summary>Says whether the container's endpoints may be proxied. Without, each endpoint has the port that it is given.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="proxyEnabled">True, the default, when they may.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithEndpoint(port: 6379, targetPort: 6379).WithEndpointProxySupport(false);</code></example>
    public static IResourceBuilder<T> WithEndpointProxySupport<T>(this IResourceBuilder<T> builder, bool proxyEnabled)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ProxySupportAnnotation { ProxyEnabled = proxyEnabled }, ResourceAnnotationMutationBehavior.Replace);
    }
}
