using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>Makes the run folder that protects the control socket, and refuses one that somebody else could have prepared.</summary>
internal static class SocketFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, removes a stale socket, and returns the socket's path. The caller holds the lock of the state folder: nobody else serves here.</summary>
    /// <exception cref="DistributedApplicationException">The folder is not ours alone, or the path is too long for a socket.</exception>
    public static string Prepare(string runFolder)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(runFolder));
        var socket = RunFolder.ControlSocket(folder);
        var length = Encoding.UTF8.GetByteCount(socket);
        if (length > RunFolder.MaxSocketPath)
        {
            throw new DistributedApplicationException(
                $"The control socket '{socket}' has a path of {length} bytes; a unix socket may have {RunFolder.MaxSocketPath}. " +
                "Set XDG_RUNTIME_DIR (or TMPDIR) to a shorter path, or give the app a shorter name.");
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            MakeOwnFolder(folder);
        }

        File.Delete(socket);
        return socket;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void MakeOwnFolder(string folder)
    {
        try
        {
            // Does nothing to those that are there already, so the checks come after it. The parent by itself: the mode is that of the last folder only.
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!, OwnerOnly);
            Directory.CreateDirectory(folder, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The run folder '{folder}' could not be made: {e.Message} Set XDG_RUNTIME_DIR to a folder of your own.", e);
        }

        if (OperatingSystem.IsLinux())
        {
            Check(folder);
            CheckParent(Path.GetDirectoryName(folder)!);
        }

        try
        {
            File.SetUnixFileMode(folder, OwnerOnly);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Refuse(folder, "belongs to another user", e);
        }
    }

    private static void Check(string folder)
    {
        if (Native.Stat(folder) is not { } owner)
        {
            throw Refuse(folder, "can't be read");
        }

        if (!owner.IsDirectory)
        {
            throw Refuse(folder, "is not a folder (a symbolic link is not followed)");
        }

        if (owner.Uid != Native.GetEffectiveUserId())
        {
            throw Refuse(folder, $"belongs to the user with id {owner.Uid}, not to {Native.GetEffectiveUserId()}");
        }

        if (owner.IsOpenToOthers)
        {
            throw Refuse(folder, "can be written by other users");
        }
    }

    /// <summary>Whoever may rename the folder away may put another one in its place.</summary>
    private static void CheckParent(string parent)
    {
        // The parent may be a link of the system's (/var/run), so look at where it leads.
        var real = new DirectoryInfo(parent).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? parent;
        if (Native.Stat(real) is not { } owner || !owner.IsDirectory)
        {
            throw Refuse(real, "is not a folder");
        }

        if (owner.Uid != 0 && owner.Uid != Native.GetEffectiveUserId())
        {
            throw Refuse(real, $"belongs to the user with id {owner.Uid}, not to {Native.GetEffectiveUserId()}");
        }

        if (owner.IsOpenToOthers)
        {
            throw Refuse(real, "can be written by other users");
        }
    }

    private static DistributedApplicationException Refuse(string folder, string why, Exception? inner = null)
    {
        var message = $"The folder '{folder}' for the control socket {why}, so whoever that is could command this stack. Remove it, or set XDG_RUNTIME_DIR to a folder of your own.";
        return inner is null ? new DistributedApplicationException(message) : new DistributedApplicationException(message, inner);
    }
}
