using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace Stack.Hosting.Orchestration;

/// <summary>Finds free ports by binding them. It stays below the range from which outgoing connections take theirs, or one might take a port between choice and bind.</summary>
internal static class FreePorts
{
    private const int First = 10000;
    private const int Last = 32000;

    /// <param name="count">How many, in a row.</param>
    /// <param name="taken">Ports not to be given.</param>
    /// <exception cref="DistributedApplicationException">There are none.</exception>
    public static int Find(int count, IReadOnlySet<int> taken)
    {
        var start = Random.Shared.Next(First, Last);
        for (var i = 0; i < Last - First; i++)
        {
            var first = First + ((start - First + i) % (Last - First));
            if (Enumerable.Range(first, count).All(p => !taken.Contains(p) && IsFree(p)))
            {
                return first;
            }
        }

        throw new DistributedApplicationException($"There are no {count} free ports in a row between {First} and {Last}. End some of the processes that hold them.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
