using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A volume or a part of this machine's file system that the container sees.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, Source = {Source}, Target = {Target}")]
public sealed class ContainerMountAnnotation : IResourceAnnotation
{
    /// <summary>Creates the annotation.</summary>
    /// <param name="source">Of a volume its name, null for one without; of a bind mount the absolute path on this machine.</param>
    /// <param name="target">Path in the container.</param>
    /// <param name="type">What is mounted.</param>
    /// <param name="isReadOnly">True when the container may not write to it.</param>
    /// <exception cref="ArgumentNullException">A bind mount has no source.</exception>
    /// <exception cref="ArgumentException">The source of a bind mount is no absolute path, or a volume without a name is read-only.</exception>
    public ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (type == ContainerMountType.BindMount)
        {
            if (string.IsNullOrEmpty(source))
            {
                throw new ArgumentNullException(nameof(source), $"The bind mount at '{target}' has no source. Give the path of a file or folder of this machine.");
            }

            if (!Path.IsPathRooted(source))
            {
                throw new ArgumentException($"The source '{source}' of the bind mount at '{target}' is not an absolute path. Give the full path, or use WithBindMount, which starts at the AppHost's folder.", nameof(source));
            }
        }
        else if (string.IsNullOrEmpty(source) && isReadOnly)
        {
            throw new ArgumentException($"The volume at '{target}' has no name and is read-only, so it would be empty for ever. Give it a name, or let it be written.", nameof(isReadOnly));
        }

        Source = source;
        Target = target;
        Type = type;
        IsReadOnly = isReadOnly;
    }

    /// <summary>Of a volume its name, null for one without; of a bind mount the absolute path on this machine.</summary>
    public string? Source { get; }

    /// <summary>Path in the container.</summary>
    public string Target { get; }

    /// <summary>What is mounted.</summary>
    public ContainerMountType Type { get; }

    /// <summary>True when the container may not write to it.</summary>
    public bool IsReadOnly { get; }
}
