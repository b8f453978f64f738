using System.Net;
using System.Net.Sockets;

namespace Testing.Load;

/// <summary>One connection that requests go over, one after another. Nothing is sent twice, and an answer has to be complete and well-formed to its last byte.</summary>
internal sealed class StrictConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly StrictReader _reader;
    private readonly long _openedAt = TimeProvider.System.GetTimestamp();
    private bool _isLast;

    private StrictConnection(Socket socket)
    {
        _socket = socket;
        _reader = new StrictReader(socket);
    }

    public TimeSpan Age => TimeProvider.System.GetElapsedTime(_openedAt);

    /// <summary>Requests that it has carried.</summary>
    public int Requests { get; private set; }

    /// <summary>The server has closed it while nothing was asked, as it may, or has said that it will.</summary>
    public bool IsOver => _isLast || (_socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0);

    public static async Task<StrictConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return new StrictConnection(socket);
        }
        catch (Exception e)
        {
            socket.Dispose();
            throw e is SocketException ? new RequestFailedException(FailureKind.NoConnection, e.Message, e) : e;
        }
    }

    /// <returns>The body of the 2xx answer.</returns>
    /// <exception cref="RequestFailedException">There was no such answer; the connection is of no more use.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<string> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (_socket.Available > 0)
        {
            throw new RequestFailedException(FailureKind.Malformed, $"{_socket.Available} bytes came that nobody asked for");
        }

        try
        {
            while (request.Length > 0)
            {
                request = request[await _socket.SendAsync(request, cancellationToken)..];
            }
        }
        catch (SocketException e)
        {
            throw new RequestFailedException(FailureKind.ClosedBeforeAnswer, e.Message, e);
        }

        var answer = await _reader.ReadAsync(cancellationToken);
        Requests++;
        _isLast = answer.IsLast;
        return answer.Status is >= 200 and < 300
            ? answer.Body
            : throw new RequestFailedException(FailureKind.Status, $"status {answer.Status}");
    }

    public void Dispose() => _socket.Dispose();
}
