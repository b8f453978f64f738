using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

// Images that are built before their container starts.
public static partial class ContainerResourceBuilderExtensions
{
    private const int TagLength = 40;

    /// <summary>Adds a container whose image is built from a Dockerfile.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="contextPath">Folder that the build may copy from, from the AppHost's folder.</param>
    /// <param name="dockerfilePath">The Dockerfile, from the context's folder. Default: <c>Dockerfile</c>.</param>
    /// <param name="stage">The stage to build; null: the last.</param>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    /// <example><code>builder.AddDockerfile("worker", "../worker").WithBuildArg("VERSION", "2");</code></example>
    public static IResourceBuilder<ContainerResource> AddDockerfile(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string contextPath, string? dockerfilePath = null, string? stage = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentException.ThrowIfNullOrEmpty(contextPath);
        return builder.AddResource(new ContainerResource(name)).WithDockerfile(contextPath, dockerfilePath, stage);
    }

    /// <summary>Lets the image be built from a Dockerfile, once before each start of the resource.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="contextPath">Folder that the build may copy from, from the AppHost's folder.</param>
    /// <param name="dockerfilePath">The Dockerfile, from the context's folder. Default: <c>Dockerfile</c>.</param>
    /// <param name="stage">The stage to build; null: the last.</param>
    /// <example><code>builder.AddContainer("worker", "worker").WithDockerfile("../worker", stage: "final");</code></example>
    public static IResourceBuilder<T> WithDockerfile<T>(this IResourceBuilder<T> builder, string contextPath, string? dockerfilePath = null, string? stage = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(contextPath);
        var folder = Path.GetFullPath(contextPath, builder.ApplicationBuilder.AppHostDirectory);
        var name = builder.Resource.Name.ToLowerInvariant();
        var tag = Tag(builder.ApplicationBuilder.AppHostDirectory, builder.Resource.Name);
        return builder
            .WithAnnotation(
                new DockerfileBuildAnnotation(folder, Path.GetFullPath(dockerfilePath ?? "Dockerfile", folder), stage) { ImageName = name, ImageTag = tag },
                ResourceAnnotationMutationBehavior.Replace)
            .WithImage(name, tag)
            .WithImageRegistry(null);
    }

    /// <summary>Sets a build argument of the Dockerfile.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">Name of the argument.</param>
    /// <param name="value">A text, or a value that is evaluated at the build; true and false in lower case; null: the engine takes it from its environment.</param>
    /// <exception cref="InvalidOperationException">The resource is not built from a Dockerfile.</exception>
    /// <example><code>builder.AddDockerfile("worker", "../worker").WithBuildArg("VERSION", 2);</code></example>
    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, object? value)
        where T : ContainerResource
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        BuildOf(builder, nameof(WithBuildArg), name).BuildArguments[name] = value;
        return builder;
    }

    /// <summary>Sets a build argument of the Dockerfile to the value of a parameter.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">Name of the argument.</param>
    /// <param name="value">The parameter.</param>
    /// <exception cref="InvalidOperationException">The resource is not built from a Dockerfile.</exception>
    /// <example><code>builder.AddDockerfile("worker", "../worker").WithBuildArg("VERSION", builder.AddParameter("version"));</code></example>
    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithBuildArg(name, (object)value.Resource);
    }

    /// <summary>Gives a secret to the build that is not kept in the image. The engine has to have BuildKit.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">Id of the secret in the Dockerfile.</param>
    /// <param name="value">The parameter.</param>
    /// <exception cref="InvalidOperationException">The resource is not built from a Dockerfile.</exception>
    /// <example><code>builder.AddDockerfile("worker", "../worker").WithBuildSecret("token", builder.AddParameter("token", secret: true));</code></example>
    public static IResourceBuilder<T> WithBuildSecret<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        BuildOf(builder, nameof(WithBuildSecret), name).BuildSecrets[name] = value.Resource;
        return builder;
    }

    private static DockerfileBuildAnnotation BuildOf<T>(IResourceBuilder<T> builder, string method, string name)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build)
            ? build
            : throw new InvalidOperationException($"{method} sets '{name}' for the build of an image, and the resource '{builder.Resource.Name}' is not built. Call WithDockerfile before it.");
    }

    // The same at each start, so that the image of the last one is replaced and none piles up; different for each AppHost.
    private static string Tag(string appHost, string resource) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{appHost}\n{resource}")))[..TagLength];
}
