using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Stack.ServiceDefaults.Lifetime;

/// <summary>The service manager that has started the site and waits to be told of it, as systemd does with <c>Type=notify</c>; see sd_notify(3).</summary>
/// <param name="Address">Path of a datagram socket, or its name in the abstract namespace after an <c>@</c>.</param>
/// <param name="Watchdog">The manager takes the site for hung when it does not hear of it for so long; null: it does not care.</param>
internal sealed record ServiceManager(string Address, TimeSpan? Watchdog)
{
    private const int SendMilliseconds = 5000;

    /// <summary>Null: there is none, or the watchdog is meant for another process.</summary>
    public static ServiceManager? From(IConfiguration configuration)
        => configuration["NOTIFY_SOCKET"] is { Length: > 1 } address && address[0] is '/' or '@'
            ? new(address, Interval(configuration["WATCHDOG_USEC"], configuration["WATCHDOG_PID"]))
            : null;

    /// <exception cref="SocketException">It did not get there.</exception>
    public void Tell(string message)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
        socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(Address[0] == '@' ? $"\0{Address[1..]}" : Address));
    }

    private static TimeSpan? Interval(string? microseconds, string? meantFor)
        => (string.IsNullOrEmpty(meantFor) || meantFor == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? TimeSpan.FromMicroseconds(number)
            : null;
}
