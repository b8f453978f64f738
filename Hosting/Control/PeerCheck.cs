using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Stack.Hosting.Control;

/// <summary>The process at the other end of a connection, as the kernel says.</summary>
internal sealed record Peer(int Pid, uint Uid, params IReadOnlyList<uint> Groups)
{
    /// <summary>Where the kernel can't tell (not Linux): the modes of folder and socket alone protect.</summary>
    public static readonly Peer Unknown = new(0, NoUser);

    private const uint NoUser = uint.MaxValue;
}

/// <summary>Asks the kernel, for each connection, who is at the other end. It answers what was true when they connected, so nobody can pass on a process id that was somebody else's before.</summary>
internal static class PeerCheck
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int MostGroups = 65536;

    /// <summary>Connection middleware: notes the peer for the requests of this connection.</summary>
    public static ConnectionDelegate Note(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(Read(connection.Features.Get<IConnectionSocketFeature>()?.Socket));
        return next(connection);
    };

    public static Peer Of(HttpContext context) => context.Features.Get<Peer>() ?? Peer.Unknown;

    public static Peer Read(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux())
        {
            return Peer.Unknown;
        }

        Span<uint> credentials = stackalloc uint[3];
        try
        {
            socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        }
        catch (SocketException)
        {
            return Peer.Unknown;
        }

        return new Peer((int)credentials[0], credentials[1], [credentials[2], .. FurtherGroups(socket)]);
    }

    private static uint[] FurtherGroups(Socket socket)
    {
        foreach (var size in (ReadOnlySpan<int>)[64, MostGroups])
        {
            var groups = new uint[size];
            try
            {
                var bytes = socket.GetRawSocketOption(SolSocket, SoPeerGroups, MemoryMarshal.AsBytes(groups.AsSpan()));
                return groups[..(bytes / sizeof(uint))];
            }
            catch (SocketException)
            {
                // Too many for this size; with the second one: a kernel before 4.13, which knows the first group only.
            }
        }

        return [];
    }
}
