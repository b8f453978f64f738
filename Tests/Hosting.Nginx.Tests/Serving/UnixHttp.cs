using System.Net.Sockets;

namespace Stack.Hosting.Nginx.Tests.Serving;

/// <summary>HTTP over a socket of the file system.</summary>
internal static class UnixHttp
{
    /// <summary>A client with one connection for each request; one that is kept would ask an old worker of Nginx.</summary>
    public static HttpClient Client(Func<string> path, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (_, cancellationToken) =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path()), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://stack"),
        Timeout = timeout,
    };
}
