using System.Globalization;
using System.Text;

namespace Stack.Hosting.Supervision;

/// <summary>Tells who listens on a TCP port.</summary>
internal interface IPortTable
{
    /// <summary>Who listens on the port, on whatever address; null when nobody does.</summary>
    PortHolder? FindHolder(int port);

    /// <summary>True when a process of the group listens on the port.</summary>
    bool ListenerBelongsTo(int port, int group);
}

/// <summary>Tells who listens on a TCP port, from <c>/proc</c>.</summary>
internal sealed class PortPreflight : IPortTable
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public PortHolder? FindHolder(int port)
    {
        var sockets = Listeners(port);
        if (sockets.Count == 0)
        {
            return null;
        }

        var pid = Processes().Select(p => (int?)p).FirstOrDefault(p => Holds(p!.Value, sockets));
        return new PortHolder(port, pid, pid is { } known ? CommandLine(known) : null, sockets.Values.First());
    }

    public bool ListenerBelongsTo(int port, int group)
    {
        var sockets = Listeners(port);
        return sockets.Count > 0 && Processes().Any(pid => ProcessGroup.Of(pid)?.Group == group && Holds(pid, sockets));
    }

    // inode -> uid of the sockets that listen on the port
    private static Dictionary<string, int> Listeners(int port)
    {
        var end = $":{port:X4}";
        Dictionary<string, int> sockets = new(StringComparer.Ordinal);
        foreach (var table in Tables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                // sl local_address rem_address st queues tr tm->when retrnsmt uid timeout inode
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields[3] == Listening && fields[1].EndsWith(end, StringComparison.Ordinal))
                {
                    sockets[fields[9]] = int.Parse(fields[7], CultureInfo.InvariantCulture);
                }
            }
        }

        return sockets;
    }

    private static IEnumerable<int> Processes()
        => Directory.EnumerateDirectories("/proc").Select(f => int.TryParse(Path.GetFileName(f), out var pid) ? pid : 0).Where(pid => pid > 0);

    private static bool Holds(int pid, Dictionary<string, int> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Select(f => new FileInfo(f).LinkTarget)
                .Any(t => t is not null && t.StartsWith("socket:[", StringComparison.Ordinal) && sockets.ContainsKey(t[8..^1]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or another user's.
            return false;
        }
    }

    private static string? CommandLine(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{pid}/cmdline")).Replace('\0', ' ').Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Who listens on a port, as far as this user may know.</summary>
internal sealed record PortHolder(int Port, int? Pid, string? Command, int Uid)
{
    /// <summary>In words: <c>process 4711 (python3 -m http.server)</c>.</summary>
    public string Describe() => Pid is null
        ? $"a process of the user with uid {Uid}"
        : $"process {Pid} ({(string.IsNullOrEmpty(Command) ? "command unknown" : Command)})";
}
