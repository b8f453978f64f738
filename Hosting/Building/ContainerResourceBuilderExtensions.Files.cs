using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

// What the container sees of files: volumes, parts of this machine, and files made for it.
public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>Mounts a volume, which the engine keeps when the container is removed.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">Name of the volume; null: one without a name, for this container only.</param>
    /// <param name="target">Path in the container.</param>
    /// <param name="isReadOnly">True when the container may not write to it.</param>
    /// <exception cref="ArgumentException">The volume has no name and is read-only.</exception>
    /// <example><code>builder.AddContainer("cache", "redis").WithVolume("cache-data", "/data");</code></example>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return builder.WithAnnotation(new ContainerMountAnnotation(name, target, ContainerMountType.Volume, isReadOnly));
    }

    /// <summary>Mounts a volume without a name, for this container only.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="target">Path in the container.</param>
    /// <example><code>builder.AddContainer("cache", "redis").WithVolume("/data");</code></example>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string target)
        where T : ContainerResource
        => builder.WithVolume(name: null, target);

    /// <summary>Lets the container see a file or folder of this machine.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="source">Path on this machine, from the AppHost's folder.</param>
    /// <param name="target">Path in the container.</param>
    /// <param name="isReadOnly">True when the container may not write to it.</param>
    /// <example><code>builder.AddContainer("web", "nginx").WithBindMount("./html", "/usr/share/nginx/html", isReadOnly: true);</code></example>
    public static IResourceBuilder<T> WithBindMount<T>(this IResourceBuilder<T> builder, string source, string target, bool isReadOnly = false)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(target);
        return builder.WithAnnotation(new ContainerMountAnnotation(
            source.Length == 0 ? source : Path.GetFullPath(source, builder.ApplicationBuilder.AppHostDirectory), target, ContainerMountType.BindMount, isReadOnly));
    }

    /// <summary>Writes files and folders into the container before it starts.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="destinationPath">Absolute path in the container below which they are made.</param>
    /// <param name="entries">The files and folders.</param>
    /// <param name="defaultOwner">Id of the user that owns what names no owner. Default: 0, root.</param>
    /// <param name="defaultGroup">Id of the group that owns what names no group. Default: 0, root.</param>
    /// <param name="umask">Permissions taken away from what has no mode of its own. Default: 0022.</param>
    /// <example><code>container.WithContainerFiles("/etc/app", [new ContainerFile { Name = "app.conf", Contents = "level=info" }]);</code></example>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder, string destinationPath, IEnumerable<ContainerFileSystemItem> entries, int? defaultOwner = null, int? defaultGroup = null, UnixFileMode? umask = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(entries);
        return builder.WithContainerFiles(destinationPath, (_, _) => Task.FromResult(entries), defaultOwner, defaultGroup, umask);
    }

    /// <summary>Writes files and folders into the container before it starts.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="destinationPath">Absolute path in the container below which they are made.</param>
    /// <param name="callback">Says at each start which they are.</param>
    /// <param name="defaultOwner">Id of the user that owns what names no owner. Default: 0, root.</param>
    /// <param name="defaultGroup">Id of the group that owns what names no group. Default: 0, root.</param>
    /// <param name="umask">Permissions taken away from what has no mode of its own. Default: 0022.</param>
    /// <example><code>container.WithContainerFiles("/etc/app", async (context, ct) => [new ContainerFile { Name = "key", Contents = await ReadKeyAsync(ct) }]);</code></example>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder,
        string destinationPath,
        Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> callback,
        int? defaultOwner = null,
        int? defaultGroup = null,
        UnixFileMode? umask = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(destinationPath);
        ArgumentNullException.ThrowIfNull(callback);
        return builder.WithAnnotation(new ContainerFileSystemCallbackAnnotation
        {
            DestinationPath = destinationPath,
            Callback = callback,
            DefaultOwner = defaultOwner,
            DefaultGroup = defaultGroup,
            Umask = umask,
        });
    }

    /// <summary>Copies a file, or all that lies in a folder, into the container before it starts.</summary>
    /// <typeparam name="T">Type of the container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="destinationPath">Absolute path in the container below which the copies are made.</param>
    /// <param name="sourcePath">The file or folder on this machine, from the AppHost's folder.</param>
    /// <param name="defaultOwner">Id of the user that owns the copies. Default: 0, root.</param>
    /// <param name="defaultGroup">Id of the group that owns the copies. Default: 0, root.</param>
    /// <param name="umask">Permissions taken away from the copies. Default: 0022.</param>
    /// <exception cref="InvalidOperationException">There is neither a file nor a folder of that path.</exception>
    /// <example><code>container.WithContainerFiles("/etc/app", "./config");</code></example>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder, string destinationPath, string sourcePath, int? defaultOwner = null, int? defaultGroup = null, UnixFileMode? umask = null)
        where T : ContainerResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(sourcePath);
        var full = Path.GetFullPath(sourcePath, builder.ApplicationBuilder.AppHostDirectory);
        return File.Exists(full) || Directory.Exists(full)
            ? builder.WithContainerFiles(
                destinationPath, (_, _) => Task.FromResult(ContainerDirectory.GetFileSystemItemsFromPath(full, searchOptions: SearchOption.AllDirectories)), defaultOwner, defaultGroup, umask)
            : throw new InvalidOperationException($"There is neither a file nor a folder '{full}' to be copied into the container '{builder.Resource.Name}'. Correct the path; it starts at the AppHost's folder.");
    }
}
