using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Files and folders that are written into the container before it starts.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, DestinationPath = {DestinationPath}")]
public sealed class ContainerFileSystemCallbackAnnotation : IResourceAnnotation
{
    /// <summary>Absolute path in the container below which they are made.</summary>
    public required string DestinationPath { get; init; }

    /// <summary>Id of the user that owns what names no owner; null: 0, root.</summary>
    public int? DefaultOwner { get; init; }

    /// <summary>Id of the group that owns what names no group; null: 0, root.</summary>
    public int? DefaultGroup { get; init; }

    /// <summary>Permissions taken away from what has no mode of its own; null: 0022.</summary>
    public UnixFileMode? Umask { get; set; }

    /// <summary>Says at each start which they are.</summary>
    public required Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> Callback { get; init; }
}
