using System.Net;
using System.Net.Sockets;
using Stack.Hosting.Nginx.Traffic;
using Testing;

namespace Stack.Hosting.Nginx.Tests.Traffic;

public sealed class ClientConnectionsTests : IDisposable
{
    private readonly List<TcpClient> _clients = [];

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Those_of_a_moment_are_gone_when_the_last_one_is_closed_and_later_ones_do_not_count(string address)
    {
        using TcpListener listener = new(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ClientConnections.Of(port).AreGone.ShouldBeTrue();

        using var first = await ConnectAsync(listener);
        using var second = await ConnectAsync(listener);
        var connections = ClientConnections.Of(port);
        using var later = await ConnectAsync(listener);

        connections.AreGone.ShouldBeFalse();
        first.Close();
        connections.AreGone.ShouldBeFalse();
        second.Close();
        await Wait.Until(() => connections.AreGone);
    }

    /// <returns>The server's side.</returns>
    private async Task<TcpClient> ConnectAsync(TcpListener listener)
    {
        var endpoint = (IPEndPoint)listener.LocalEndpoint;
        TcpClient client = new(endpoint.AddressFamily);
        _clients.Add(client);
        await client.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        return await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
    }
}
