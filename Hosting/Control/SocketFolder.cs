using System.Net.Sockets;
using System.Text;
using Aspire.Hosting;
using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>Makes the run folder that protects the control socket, and refuses one that somebody else could have prepared.</summary>
internal static class SocketFolder
{
    /// <summary>Makes the folder, removes a stale socket, and returns the socket's path. The caller holds the lock of the state folder.</summary>
    /// <exception cref="DistributedApplicationException">The folder is not ours alone, the path is too long for a socket, or an AppHost with another state folder serves there.</exception>
    public static string Prepare(string runFolder, SocketAccess access)
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
            MakeOwnFolder(folder, access);
        }

        RefuseLive(socket);
        File.Delete(socket);
        return socket;
    }

    /// <summary>The lock tells that nobody serves this state; another one may have the same name, and in production the name makes the path.</summary>
    private static void RefuseLive(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            return;
        }

        throw new DistributedApplicationException(
            $"The control socket '{path}' is in use by another AppHost, process {PeerCheck.Read(socket).Pid}. Stop that one, or give this app another name with Stack:AppName.");
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void MakeOwnFolder(string folder, SocketAccess access)
    {
        try
        {
            // Does nothing to those that are there already, so the checks come after it. The parent by itself: the mode is that of the last folder only.
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!, access.ParentMode);
            Directory.CreateDirectory(folder, SocketAccess.OwnerOnly.FolderMode);
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
            if (access.Group is { } group)
            {
                Native.SetGroup(folder, group);
            }

            File.SetUnixFileMode(folder, access.FolderMode);
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
