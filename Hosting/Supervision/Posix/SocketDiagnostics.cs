using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Stack.Hosting.Supervision.Posix;

/// <summary>Asks the kernel for the listeners of one port by netlink. /proc/net/tcp has them too, and all connections of the machine before and behind them: milliseconds for each look.</summary>
internal static partial class SocketDiagnostics
{
    private const int NetlinkFamily = 16; // AF_NETLINK
    private const int RawType = 3 | 0x80000; // SOCK_RAW | SOCK_CLOEXEC
    private const int DiagnosticsProtocol = 4; // NETLINK_SOCK_DIAG
    private const int RequestLength = 72; // nlmsghdr and inet_diag_req_v2
    private const int HeaderLength = 16;
    private const short ByFamily = 20; // SOCK_DIAG_BY_FAMILY
    private const short Done = 3; // NLMSG_DONE
    private const short RequestDump = 0x301; // NLM_F_REQUEST | NLM_F_DUMP
    private const int Listening = 1 << 10; // TCP_LISTEN
    private const int SourcePort = HeaderLength + 4;
    private const int UserId = HeaderLength + 64;
    private const int Inode = HeaderLength + 68;

    /// <summary>Inode and user of each listener, IPv4 and IPv6; null: this kernel does not tell.</summary>
    public static List<(uint Inode, int Uid)>? Listeners(int port)
    {
        var socket = Open(NetlinkFamily, RawType, DiagnosticsProtocol);
        if (socket < 0)
        {
            return null;
        }

        try
        {
            List<(uint, int)> found = [];
            return Ask(socket, AddressFamily.InterNetwork, port, found) && Ask(socket, AddressFamily.InterNetworkV6, port, found) ? found : null;
        }
        finally
        {
            _ = Close(socket);
        }
    }

    private static bool Ask(int socket, AddressFamily family, int port, List<(uint Inode, int Uid)> found)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        request.Clear();
        BitConverter.TryWriteBytes(request, RequestLength);
        BitConverter.TryWriteBytes(request[4..], ByFamily);
        BitConverter.TryWriteBytes(request[6..], RequestDump);
        request[HeaderLength] = family == AddressFamily.InterNetwork ? (byte)2 : (byte)10;
        request[HeaderLength + 1] = (byte)ProtocolType.Tcp;
        BitConverter.TryWriteBytes(request[(HeaderLength + 4)..], Listening);
        BinaryPrimitives.WriteUInt16BigEndian(request[(HeaderLength + 8)..], (ushort)port);
        if (Send(socket, request, request.Length, 0) != request.Length)
        {
            return false;
        }

        var answer = new byte[32 * 1024];
        while (true)
        {
            var length = (int)Receive(socket, answer, answer.Length, 0);
            if (length < HeaderLength)
            {
                return false;
            }

            if (Read(answer.AsSpan(0, length), port, found) is { } ended)
            {
                return ended;
            }
        }
    }

    /// <summary>True: that was the end of the answer; false: an error; null: there is more.</summary>
    private static bool? Read(ReadOnlySpan<byte> messages, int port, List<(uint Inode, int Uid)> found)
    {
        while (messages.Length >= HeaderLength)
        {
            var length = BitConverter.ToInt32(messages);
            var type = BitConverter.ToInt16(messages[4..]);
            if (type == Done)
            {
                return true;
            }

            if (type != ByFamily || length < Inode + sizeof(uint) || length > messages.Length)
            {
                return false;
            }

            // Kernels that don't look at the port in the request send the others too.
            if (BinaryPrimitives.ReadUInt16BigEndian(messages[SourcePort..]) == port)
            {
                found.Add((BitConverter.ToUInt32(messages[Inode..]), BitConverter.ToInt32(messages[UserId..])));
            }

            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "socket")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Send(int socket, ReadOnlySpan<byte> data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Receive(int socket, Span<byte> data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int socket);
}
