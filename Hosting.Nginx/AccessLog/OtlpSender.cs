using System.Net;
using System.Net.Http.Headers;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Sends OTLP by HTTP to the dashboard.</summary>
/// <param name="address">The dashboard's listener for OTLP by HTTP.</param>
/// <param name="key">Its key; null: it wants none.</param>
internal sealed class OtlpSender(Uri address, string? key) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Its own, so that a proxy for the outside world has no part in it, and no handler that would trace or retry.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Limit,
    };

    /// <param name="path"><c>v1/traces</c> or <c>v1/logs</c>.</param>
    /// <param name="message">The export request; an empty one is accepted without being sent.</param>
    /// <param name="cancellationToken">Ends the sending.</param>
    public async Task<SendResult> SendAsync(string path, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (message.IsEmpty)
        {
            return new SendResult(SendOutcome.Accepted, "");
        }

        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"{address.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = new ReadOnlyMemoryContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (key is not null)
        {
            request.Headers.Add("x-otlp-api-key", key);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return new SendResult(Judge(response.StatusCode), $"{address} answers {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return new SendResult(SendOutcome.Later, e.Message);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(SendOutcome.Later, $"{address} does not answer");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A wrong key and a receiver that is not ready may change; a message that it does not understand will not.</summary>
    private static SendOutcome Judge(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => SendOutcome.Accepted,
        400 or 413 or 415 or 422 => SendOutcome.Refused,
        _ => SendOutcome.Later,
    };
}

/// <summary>What became of a message, and why in words.</summary>
internal readonly record struct SendResult(SendOutcome Outcome, string Reason);

/// <summary>What became of a message.</summary>
internal enum SendOutcome
{
    Accepted,

    /// <summary>It will not be taken at another time either.</summary>
    Refused,

    Later,
}
