using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;

namespace Stack.Hosting.Supervision;

/// <summary>Probes by HTTP, straight to the replica: no proxy, no redirect, a new connection each time.</summary>
internal sealed class HttpProber : IInstanceProber
{
    private const string Json = "application/json";
    private static readonly TimeSpan JsonLimit = TimeSpan.FromSeconds(5);

    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,

        // Development certificates: who answers is known from the listener's owner, not from a name in a certificate.
        SslOptions =
        {
            RemoteCertificateValidationCallback = (sender, _, _, errors) =>
                errors == SslPolicyErrors.None || sender is SslStream { TargetHostName: "localhost" or "127.0.0.1" or "[::1]" or "" },
        },
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Whether a request for JSON is answered with it; null: there was no answer, or one of another kind that says nothing.</summary>
    public static async Task<bool?> AnswersJsonAsync(Uri url, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(JsonLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { ConnectionClose = true, Accept = { new MediaTypeWithQualityHeaderValue(Json) } } };
        try
        {
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == Json;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(spec.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, spec.Url) { Headers = { ConnectionClose = true } };
        try
        {
            using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return new ProbeResult(status == spec.ExpectedStatus, status == spec.ExpectedStatus ? $"answered {status}" : $"answered {status} instead of {spec.ExpectedStatus}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"did not answer within {spec.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e)
        {
            return new ProbeResult(false, e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                ? "refused the connection"
                : $"failed: {e.InnerException?.Message ?? e.Message}");
        }
    }
}
