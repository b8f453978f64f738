using System.Globalization;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>The connections that clients had to a port at one moment, as the kernel tells; none where it does not.</summary>
internal sealed class ClientConnections
{
    private const string Established = "01";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    private readonly int _port;
    private readonly HashSet<string> _then;

    private ClientConnections(int port)
    {
        _port = port;
        _then = Now();
    }

    /// <summary>False: one of them is still there.</summary>
    public bool AreGone => _then.Count == 0 || !_then.Overlaps(Now());

    public static ClientConnections Of(int port) => new(port);

    private HashSet<string> Now()
    {
        var end = $":{_port.ToString("X4", CultureInfo.InvariantCulture)}";
        HashSet<string> connections = new(StringComparer.Ordinal);
        foreach (var line in Tables.Where(File.Exists).SelectMany(File.ReadLines))
        {
            // Number, own address, the client's address, state.
            if (line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries) is [_, var own, var client, Established, ..] && own.EndsWith(end, StringComparison.Ordinal))
            {
                connections.Add($"{own} {client}");
            }
        }

        return connections;
    }
}
