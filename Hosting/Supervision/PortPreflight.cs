using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stack.Hosting.Supervision.Posix;

namespace Stack.Hosting.Supervision;

/// <summary>Finds out who listens on a port.</summary>
internal static class PortPreflight
{
    private const string Listening = "0A";

    /// <summary>Who listens on the port, on whatever address; null: it is free.</summary>
    public static PortHolder? FindHolder(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return CanBind(port) ? null : new PortHolder(port, null, null, null);
        }

        var listeners = Listeners(port);
        if (listeners.Count == 0)
        {
            return null;
        }

        var links = listeners.Select(l => l.Link).ToHashSet(StringComparer.Ordinal);
        foreach (var process in ProcessTable.All())
        {
            if (Holds(process.Pid, links) == true)
            {
                return new PortHolder(port, process.Pid, ProcessTable.Command(process.Pid), listeners[0].Uid);
            }
        }

        return new PortHolder(port, null, null, listeners[0].Uid);
    }

    /// <summary>True when a process of the group listens on the port, or when its members don't let us look.</summary>
    public static bool ListenerBelongsTo(int port, int group)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        var links = Listeners(port).Select(l => l.Link).ToHashSet(StringComparer.Ordinal);

        // The leader is the likely one; the whole table is read only when it is not.
        return links.Count > 0 && (Holds(group, links) == true || ProcessTable.LiveGroup(group).Any(p => Holds(p.Pid, links) != false));
    }

    private static List<(string Link, int Uid)> Listeners(int port)
        => SocketDiagnostics.Listeners(port) is { } told ? told.ConvertAll(l => ($"socket:[{l.Inode}]", l.Uid)) : InTables(port);

    /// <summary>What the kernel's tables have of them, where it does not answer such questions otherwise.</summary>
    internal static List<(string Link, int Uid)> InTables(int port) => [.. Read("/proc/net/tcp", port), .. Read("/proc/net/tcp6", port)];

    private static IEnumerable<(string Link, int Uid)> Read(string table, int port)
    {
        if (!File.Exists(table))
        {
            yield break;
        }

        // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …; the port is the hexadecimal number after the colon.
        var suffix = $":{port:X4}";
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            {
                yield return ($"socket:[{fields[9]}]", int.Parse(fields[7], CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Whether the process has one of the sockets open; null: we may not look.</summary>
    private static bool? Holds(int pid, HashSet<string> links)
    {
        try
        {
            foreach (var descriptor in new DirectoryInfo($"/proc/{pid}/fd").EnumerateFileSystemInfos())
            {
                if (descriptor.LinkTarget is { } target && links.Contains(target))
                {
                    return true;
                }
            }

            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            return false; // ended meanwhile
        }
    }

    private static bool CanBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}

/// <summary>Who listens on a port, as far as that may be seen.</summary>
internal sealed record PortHolder(int Port, int? Pid, string? Command, int? Uid)
{
    /// <summary>In words that follow "in use by".</summary>
    public string Describe() => (Pid, Command, Uid) switch
    {
        ({ } pid, { } command, { } uid) => $"process {pid} ({command}) of user {UserNames.Of(uid)}",
        ({ } pid, { } command, null) => $"process {pid} ({command})",
        ({ } pid, null, _) => $"process {pid}",
        (null, _, { } uid) => $"a process of user {UserNames.Of(uid)} that can't be looked into",
        _ => "another process",
    };

    public override string ToString() => Describe();
}
