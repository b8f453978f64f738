using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Nginx.Traffic;

/// <summary>Waits until a replica that gets no new requests has answered those that it has, as its <c>/alive</c> tells.</summary>
internal sealed partial class RequestsInFlight(TimeProvider time, ILogger logger) : IDisposable
{
    private const int QuietPolls = 3;
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WithoutCount = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(2) };

    public void Dispose() => _client.Dispose();

    /// <summary>At least 1 s, for requests that are on their way to it; a replica that does not tell how many it has gets 1.2 s.</summary>
    /// <returns>False: the limit is over and it still has some.</returns>
    public async Task<bool> EndedAsync(string replica, IPEndPoint address, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var quiet = 0;
        var longLived = 0;
        while (time.GetElapsedTime(start) < limit)
        {
            var (answers, count) = await AskAsync(address, cancellationToken).ConfigureAwait(false);
            if (!answers)
            {
                return true; // nobody listens: there is nothing to wait for
            }

            longLived = count?.LongLived ?? 0;
            quiet = count is { InFlight: 0 } ? quiet + 1 : 0;
            var enough = count is null ? WithoutCount : AtLeast;
            if ((count is null || quiet >= QuietPolls) && time.GetElapsedTime(start) >= enough)
            {
                TellLongLived(replica, longLived);
                return true;
            }

            await Task.Delay(Period, time, cancellationToken).ConfigureAwait(false);
        }

        TellLongLived(replica, longLived);
        return false;
    }

    private void TellLongLived(string replica, int count)
    {
        if (count > 0)
        {
            LogLongLived(replica, count);
        }
    }

    /// <returns>Whether somebody answers, and what; null: no count.</returns>
    private async Task<(bool Answers, Count? Count)> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{address}/alive");
        request.Headers.Accept.ParseAdd("application/json");
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.Content.Headers.ContentType?.MediaType != "application/json")
            {
                return (true, null);
            }

            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return (true, JsonSerializer.Deserialize<Count>(body, JsonSerializerOptions.Web));
        }
        catch (JsonException)
        {
            return (true, null);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return (false, null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (true, new Count(InFlight: 1, LongLived: 0)); // it is there and does not get round to an answer
        }
    }

    [LoggerMessage(6012, LogLevel.Information, "Instance {Instance} has {Count} open WebSockets and event streams; its stop ends them.")]
    private partial void LogLongLived(string instance, int count);

    private sealed record Count(int InFlight, int LongLived);
}
