using System.Net.WebSockets;
using System.Text;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>A WebSocket through Nginx to a site that answers what it is told; every wait has a limit.</summary>
internal sealed class WebSocketClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public bool IsOpen => _socket.State == WebSocketState.Open;

    public static async Task<WebSocketClient> OpenAsync(int port)
    {
        WebSocketClient client = new();
        try
        {
            await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/socket"), Cancelled).Within();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a text, and gets it back.</summary>
    public async Task EchoAsync(string text)
    {
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Cancelled).Within();
        (await ReceiveAsync()).ShouldBe(text);
    }

    public async Task<string> ReceiveAsync()
    {
        var buffer = new byte[1024];
        var message = await _socket.ReceiveAsync(buffer, Cancelled).Within();
        return Encoding.UTF8.GetString(buffer, 0, message.Count);
    }

    /// <summary>Closes it in good order.</summary>
    public async Task CloseAsync()
    {
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancelled).Within();
        _socket.CloseStatus.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    public void Dispose() => _socket.Dispose();
}
