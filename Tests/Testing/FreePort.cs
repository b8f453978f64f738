using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>Ports that the system has just found to be free.</summary>
public static class FreePort
{
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
