using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace Stack.Hosting.Orchestration;

/// <summary>Finds free ports by binding them. It stays below the range from which outgoing connections take theirs, or one might take a port between choice and bind.</summary>
internal static class FreePorts
{
    private const int First = 10000;
    private const string RangeFile = "/proc/sys/net/ipv4/ip_local_port_range";

    private static readonly int Last = Math.Min(32000, FirstOfOutgoing());

    /// <param name="count">How many, in a row.</param>
    /// <param name="taken">Ports not to be given.</param>
    /// <exception cref="DistributedApplicationException">There are none.</exception>
    public static int Find(int count, IReadOnlySet<int> taken)
    {
        var starts = Last - First - count + 1;
        var start = Random.Shared.Next(starts);
        for (var i = 0; i < starts; i++)
        {
            var first = First + ((start + i) % starts);
            if (Enumerable.Range(first, count).All(p => !taken.Contains(p) && IsFree(p)))
            {
                return first;
            }
        }

        throw new DistributedApplicationException($"There are no {count} free ports in a row between {First} and {Last}. End some of the processes that hold them.");
    }

    // A machine may lack IPv6 even where the system knows it: only a port in use counts.
    private static bool IsFree(int port) => CanBind(IPAddress.Loopback, port) && CanBind(IPAddress.IPv6Loopback, port);

    private static bool CanBind(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            using var datagrams = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException e)
        {
            return address.AddressFamily == AddressFamily.InterNetworkV6 && e.SocketErrorCode is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied);
        }
    }

    private static int FirstOfOutgoing()
    {
        var text = File.Exists(RangeFile) ? File.ReadAllText(RangeFile).Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];

        // A range that begins low leaves no room below it; then the usual one is as good as any.
        return text.Length > 0 && int.TryParse(text[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) && first > First + 1000 ? first : int.MaxValue;
    }
}
