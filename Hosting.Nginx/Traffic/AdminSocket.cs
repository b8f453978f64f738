using System.Net.Sockets;
using Aspire.Hosting;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Asks a running Nginx what it does.</summary>
/// <param name="path">Path of its socket.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminSocket(string path, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    // A connection kept over a reload would ask the old worker.
    private readonly HttpClient _client = Connect(path, TimeSpan.Zero);

    /// <summary>A client for what is told on the socket; an answer takes 2 s at most.</summary>
    /// <param name="path">Path of the socket.</param>
    /// <param name="kept">How long a connection is used.</param>
    public static HttpClient Connect(string path, TimeSpan kept) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
        PooledConnectionLifetime = kept,
    })
    {
        BaseAddress = new Uri("http://nginx"),
        Timeout = Limit,
    };

    public void Dispose() => _client.Dispose();

    /// <summary>The version of the configuration that it uses.</summary>
    /// <exception cref="HttpRequestException">Nobody answers.</exception>
    public Task<string> VersionAsync(CancellationToken cancellationToken) => AskAsync(AdminBlock.VersionPath, cancellationToken);

    /// <summary>Waits until the next request of a site goes to this pool.</summary>
    /// <exception cref="DistributedApplicationException">It did not within 2 s.</exception>
    public async Task PoolBecomesAsync(string site, string pool, CancellationToken cancellationToken)
    {
        var said = await BecomesAsync(AdminBlock.PoolPath(site), pool, cancellationToken).ConfigureAwait(false);
        if (said != pool)
        {
            throw new DistributedApplicationException(
                $"Nginx still sends requests of '{site}' to '{said}' in place of '{pool}'. Its workers may not get into the folder of its flags: 'nginx/flags' in the state folder, and all folders above it, " +
                "have to be searchable by their user.");
        }
    }

    /// <returns>False: it does not use this version within 2 s.</returns>
    public async Task<bool> VersionBecomesAsync(string version, CancellationToken cancellationToken) =>
        await BecomesAsync(AdminBlock.VersionPath, version, cancellationToken).ConfigureAwait(false) == version;

    /// <summary>A file that a killed Nginx has left would keep the next one from its socket; one that is in use is left alone.</summary>
    public static void RemoveStale(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
        }
    }

    /// <returns>What was said last.</returns>
    private async Task<string> BecomesAsync(string what, string wanted, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            string said;
            try
            {
                said = await AskAsync(what, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                said = $"nobody knows what ({e.Message})";
            }

            if (said == wanted || time.GetElapsedTime(start) > Limit)
            {
                return said;
            }

            await Task.Delay(LookAgain, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<string> AskAsync(string what, CancellationToken cancellationToken) => _client.GetStringAsync(what, cancellationToken);
}
