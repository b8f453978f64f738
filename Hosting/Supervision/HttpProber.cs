using System.Net.Sockets;

namespace Stack.Hosting.Supervision;

/// <summary>Asks one replica how it is.</summary>
internal interface IInstanceProber
{
    Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken);
}

/// <summary>What a probe found; the reason says why not.</summary>
internal sealed record ProbeResult(bool Healthy, string? Reason);

/// <summary>Probes by HTTP GET: straight to the replica, without proxy, cookies, redirects or kept connections.</summary>
internal sealed class HttpProber : IInstanceProber, IDisposable
{
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ActivityHeadersPropagator = null,
    });

    public async Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(spec.Timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, spec.Url);
            using var response = await _client.SendAsync(request, limit.Token).ConfigureAwait(false);
            return (int)response.StatusCode == spec.ExpectedStatus
                ? new ProbeResult(true, null)
                : new ProbeResult(false, $"{spec.Url.AbsolutePath} answers {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"{spec.Url.AbsolutePath} does not answer within {spec.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e)
        {
            return new ProbeResult(false, e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "it does not listen yet" : e.Message);
        }
    }

    public void Dispose() => _client.Dispose();
}
