using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Stack.Hosting.Control;

/// <summary>The process at the other end of a connection, as the kernel says.</summary>
internal sealed record Peer(int Pid, uint Uid)
{
    /// <summary>Where the kernel can't tell (not Linux): the modes of folder and socket alone protect.</summary>
    public static readonly Peer Unknown = new(0, NoUser);

    private const uint NoUser = uint.MaxValue;
}

/// <summary>Asks the kernel, for each connection, who is at the other end, and lets in this user and root.</summary>
internal static class PeerCheck
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>Connection middleware: notes the peer for the requests of this connection.</summary>
    public static ConnectionDelegate Note(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(Read(connection.Features.Get<IConnectionSocketFeature>()?.Socket));
        return next(connection);
    };

    public static Peer Of(HttpContext context) => context.Features.Get<Peer>() ?? Peer.Unknown;

    public static bool Allows(Peer peer) =>
        !OperatingSystem.IsLinux() || peer.Uid == 0 || peer.Uid == Native.GetEffectiveUserId();

    private static Peer Read(Socket? socket)
    {
        if (socket is null || !OperatingSystem.IsLinux())
        {
            return Peer.Unknown;
        }

        Span<byte> credentials = stackalloc byte[12];
        try
        {
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        }
        catch (SocketException)
        {
            return Peer.Unknown;
        }

        return new Peer(MemoryMarshal.Read<int>(credentials), MemoryMarshal.Read<uint>(credentials[4..]));
    }
}
