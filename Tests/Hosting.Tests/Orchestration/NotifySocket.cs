using System.Net.Sockets;
using System.Text;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>A service manager's end of sd_notify: a real datagram socket.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="address">As in NOTIFY_SOCKET: a path, or a name after an @.</param>
    public NotifySocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));
    }

    public string Address { get; }

    /// <summary>The next message.</summary>
    public async Task<string> NextAsync()
    {
        var buffer = new byte[4096];
        var length = await _socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(Wait.Patience, TimeProvider.System);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>The first message from now on that has the line; all messages up to it.</summary>
    public async Task<IReadOnlyList<string>> UntilAsync(string line)
    {
        List<string> seen = [];
        while (seen.Count == 0 || !seen[^1].Split('\n').Contains(line))
        {
            try
            {
                seen.Add(await NextAsync());
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"Waited for '{line}'. Seen: {string.Join(" | ", seen)}", e);
            }
        }

        return seen;
    }

    /// <summary>What has come so far.</summary>
    public async Task<IReadOnlyList<string>> RestAsync()
    {
        List<string> seen = [];
        while (_socket.Available > 0)
        {
            seen.Add(await NextAsync());
        }

        return seen;
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (Address[0] == '/')
        {
            File.Delete(Address);
        }
    }
}
