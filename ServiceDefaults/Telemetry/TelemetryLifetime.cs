using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Stack.ServiceDefaults.Telemetry;

/// <summary>
/// Makes the providers exist before Kestrel binds, so that the first request is seen. Created after them it is disposed before them,
/// and sends what is left: all three at once and within a limit. Left to themselves they would wait 10 s for a collector that is gone,
/// one after the other, and the replica would be killed for it.
/// </summary>
internal sealed class TelemetryLifetime(TracerProvider traces, MeterProvider metrics, LoggerProvider logs, IConfiguration configuration)
    : IHostedService, IDisposable
{
    private const int ConnectMilliseconds = 500;
    private const int SendMilliseconds = 2500;
    private const int GiveUpMilliseconds = 250;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        // The exporter tries a refused batch again until the limit is over, so where nobody listens a long one is only a delay.
        var limit = CollectorListens() ? SendMilliseconds : GiveUpMilliseconds;
        Parallel.Invoke(() => traces.Shutdown(limit), () => metrics.Shutdown(limit), () => logs.Shutdown(limit));
    }

    private bool CollectorListens()
    {
        if (!Uri.TryCreate(configuration[TelemetrySetup.EndpointVariable], UriKind.Absolute, out var endpoint))
        {
            return false;
        }

        try
        {
            using var client = new TcpClient();
            return client.ConnectAsync(endpoint.Host, endpoint.Port).Wait(ConnectMilliseconds); // a disposal can't be awaited in every host
        }
        catch (AggregateException)
        {
            return false;
        }
    }
}
