using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks;

/// <summary>Asks a replica as a client does: a new connection, one GET.</summary>
internal static class Probe
{
    /// <summary>The body of its answer; null: it did not answer with 200.</summary>
    public static string? Ask(int port, string path = "/", int timeoutMilliseconds = 1000)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = timeoutMilliseconds, NoDelay = true };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"));
            var answer = Receive(socket);
            return answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..] : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Process id of the tiny program that answers; null: none does.</summary>
    public static int? Pid(int port) => int.TryParse(Ask(port), out var pid) ? pid : null;

    private static string Receive(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        var text = new StringBuilder();
        for (var length = socket.Receive(buffer); length > 0; length = socket.Receive(buffer))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, length));
        }

        return text.ToString();
    }
}
