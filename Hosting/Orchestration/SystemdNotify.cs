using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Stack.Hosting.Orchestration;

/// <summary>Sends notifications to the service manager that started the AppHost, as sd_notify(3) does; to nobody when it was not started by one.</summary>
/// <param name="address">Path of a datagram socket, or its name in the abstract namespace after an <c>@</c>; null: there is nobody.</param>
/// <param name="watchdog">The manager takes the AppHost for hung when it does not hear of it for so long; null: it does not care.</param>
internal sealed class SystemdNotify(string? address, TimeSpan? watchdog)
{
    private const int SendMilliseconds = 5000;

    public bool IsHeard => address is { Length: > 1 } && address[0] is '/' or '@';

    public TimeSpan? Watchdog => IsHeard ? watchdog : null;

    /// <summary>Takes what the manager told the AppHost out of the environment: no process that the AppHost starts may speak for it.</summary>
    public static SystemdNotify Take()
    {
        var address = Take("NOTIFY_SOCKET");
        var limit = Take("WATCHDOG_USEC");
        var meant = Take("WATCHDOG_PID");
        return new SystemdNotify(address, Interval(limit, meant, Environment.ProcessId));
    }

    /// <summary>Null: none, or it is meant for another process.</summary>
    public static TimeSpan? Interval(string? microseconds, string? meantFor, int pid)
        => (meantFor is null || meantFor == pid.ToString(CultureInfo.InvariantCulture))
            && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? TimeSpan.FromMicroseconds(number)
            : null;

    /// <summary>False: it did not get there.</summary>
    /// <param name="assignments"><c>READY=1</c>; they go together in one message.</param>
    public bool Send(params IEnumerable<string> assignments)
    {
        if (!IsHeard)
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
            socket.SendTo(Encoding.UTF8.GetBytes(string.Join('\n', assignments)), new UnixDomainSocketEndPoint(address![0] == '@' ? $"\0{address[1..]}" : address));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Take(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
