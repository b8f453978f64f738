using System.Net.Sockets;
using System.Text;

namespace ServiceDefaults.Tests.Fakes;

/// <summary>A service manager's end of sd_notify: a real datagram socket.</summary>
internal sealed class NotifySocket : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="address">As in NOTIFY_SOCKET: a path, or a name after an @.</param>
    public NotifySocket(string address) => _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? $"\0{address[1..]}" : address));

    public bool IsEmpty => _socket.Available == 0;

    public async Task<string> NextAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var buffer = new byte[4096];
        try
        {
            return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token));
        }
        catch (OperationCanceledException timeout)
        {
            throw new TimeoutException($"No message came within {Limit}.", timeout);
        }
    }

    public void Dispose() => _socket.Dispose();
}
