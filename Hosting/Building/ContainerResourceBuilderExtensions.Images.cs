using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

// The image: its name, tag and digest, and when it is pulled.
public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>Sets the image. A registry that was set before stays unless the new name carries one.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="image">The image; may carry a registry, and a tag or a digest.</param>
    /// <param name="tag">The tag. Default: the one in <paramref name="image"/>, else <c>latest</c>.</param>
    /// <exception cref="InvalidOperationException">There is a tag in the image's name and another as parameter.</exception>
    /// <exception cref="ArgumentException">The digest is no SHA-256.</exception>
    /// <example><code>builder.AddContainer("cache", "redis").WithImage("valkey/valkey", "8");</code></example>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(image);
        var parsed = ImageName.Parse(image);
        if (tag is not null && parsed.Tag is { } other)
        {
            throw new InvalidOperationException($"The image '{image}' of resource '{builder.Resource.Name}' carries the tag '{other}', and the tag '{tag}' is given beside it. Leave one of them out.");
        }

        if (!builder.Resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var annotation))
        {
            annotation = new ContainerImageAnnotation { Image = parsed.Image };
            builder.Resource.Annotations.Add(annotation);
        }

        annotation.Image = parsed.Image;
        annotation.Registry = parsed.Registry ?? annotation.Registry;
        if (parsed.SHA256 is { } digest)
        {
            annotation.SHA256 = digest;
        }
        else
        {
            annotation.Tag = parsed.Tag ?? tag ?? "latest";
        }

        return builder;
    }

    /// <summary>Sets the tag of the image; a digest that was set before is cleared.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="tag">The tag.</param>
    /// <exception cref="InvalidOperationException">The resource has no image yet.</exception>
    /// <example><code>builder.AddContainer("cache", "redis").WithImageTag("7");</code></example>
    public static IResourceBuilder<T> WithImageTag<T>(this IResourceBuilder<T> builder, string tag)
        where T : ContainerResource
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ImageOf(builder, nameof(WithImageTag)).Tag = tag;
        return builder;
    }

    /// <summary>Sets the registry of the image.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="registry">The registry; null: the engine's default.</param>
    /// <exception cref="InvalidOperationException">The resource has no image yet.</exception>
    /// <example><code>builder.AddContainer("cache", "redis").WithImageRegistry("registry.example.com");</code></example>
    public static IResourceBuilder<T> WithImageRegistry<T>(this IResourceBuilder<T> builder, string? registry)
        where T : ContainerResource
    {
        ImageOf(builder, nameof(WithImageRegistry)).Registry = registry;
        return builder;
    }

    /// <summary>Pins the image to a digest; a tag that was set before is cleared.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="sha256">The digest, in hexadecimal digits without <c>sha256:</c>.</param>
    /// <exception cref="InvalidOperationException">The resource has no image yet.</exception>
    /// <example><code>builder.AddContainer("cache", "redis").WithImageSHA256("42ba…");</code></example>
    public static IResourceBuilder<T> WithImageSHA256<T>(this IResourceBuilder<T> builder, string sha256)
        where T : ContainerResource
    {
        ArgumentException.ThrowIfNullOrEmpty(sha256);
        ImageOf(builder, nameof(WithImageSHA256)).SHA256 = sha256;
        return builder;
    }

    /// <summary>Says when the image is pulled before the container starts.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="pullPolicy">When.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithImagePullPolicy(ImagePullPolicy.Always);</code></example>
    public static IResourceBuilder<T> WithImagePullPolicy<T>(this IResourceBuilder<T> builder, ImagePullPolicy pullPolicy)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(new ContainerImagePullPolicyAnnotation { ImagePullPolicy = pullPolicy }, ResourceAnnotationMutationBehavior.Replace);
    }

    private static ContainerImageAnnotation ImageOf<T>(IResourceBuilder<T> builder, string method)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Resource.TryGetLastAnnotation<ContainerImageAnnotation>(out var image)
            ? image
            : throw new InvalidOperationException($"{method} needs an image to act on, and the resource '{builder.Resource.Name}' has none. Call WithImage before it.");
    }
}
