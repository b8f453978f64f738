using System.Net.Sockets;

namespace Stack.Hosting.Supervision;

/// <summary>Probes by a connection alone: something listens.</summary>
internal sealed class TcpProber : IInstanceProber
{
    public async Task<ProbeResult> ProbeAsync(ProbeSpec spec, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(spec.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(spec.Url.Host, spec.Url.Port, either.Token).ConfigureAwait(false);
            return new ProbeResult(true, "accepts connections");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProbeResult(false, $"accepted no connection within {spec.Timeout.TotalSeconds:0.#} s");
        }
        catch (SocketException e)
        {
            return new ProbeResult(false, e.SocketErrorCode == SocketError.ConnectionRefused ? "refused the connection" : $"failed: {e.Message}");
        }
    }
}
