using System.Net;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Sends a new replica some requests of its own before it gets those of clients, so that none of them pays for its first steps.</summary>
internal sealed partial class WarmUp(TimeProvider time, ILogger logger) : IDisposable
{
    private const int Requests = 24;
    private const int AtOnce = 4;

    /// <summary>What is not warm by then is left to the clients.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false }) { Timeout = Limit };

    public void Dispose() => _client.Dispose();

    /// <param name="replica">Name of the replica.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="paths">What is asked for, one after the other; none: nothing is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(string replica, IPEndPoint address, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0)
        {
            return;
        }

        using CancellationTokenSource over = new(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        var failed = 0;
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Requests),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = either.Token },
                async (number, token) =>
                {
                    if (!await AskAsync($"http://{address}{paths[number % paths.Count]}", token).ConfigureAwait(false))
                    {
                        Interlocked.Increment(ref failed);
                    }
                }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotWarm(replica, Limit.TotalSeconds);
        }

        if (failed > 0)
        {
            LogFailed(replica, failed, Requests);
        }
    }

    private async Task<bool> AskAsync(string url, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        request.Headers.UserAgent.ParseAdd("Stack-WarmUp");
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return (int)response.StatusCode < 500;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    [LoggerMessage(6013, LogLevel.Warning, "Instance {Instance} answered {Failed} of {Count} requests of its warm-up with an error; it gets requests now.")]
    private partial void LogFailed(string instance, int failed, int count);

    [LoggerMessage(6014, LogLevel.Warning, "Instance {Instance} was not done with its warm-up within {Seconds:0} s; it gets requests now.")]
    private partial void LogNotWarm(string instance, double seconds);
}
