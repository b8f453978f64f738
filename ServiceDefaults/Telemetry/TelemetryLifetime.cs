using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Stack.ServiceDefaults.Telemetry;

/// <summary>
/// Makes the providers exist before Kestrel binds, so that the first request is seen. Created after them it is disposed before them,
/// and sends what is left: all three at once and within a second. One after the other they would wait 10 s for a
/// collector that is gone, and the replica would be killed for it.
/// </summary>
internal sealed class TelemetryLifetime(TracerProvider traces, MeterProvider metrics, LoggerProvider logs) : IHostedService, IDisposable
{
    private const int LimitMilliseconds = 1000;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => Parallel.Invoke(
        () => traces.Shutdown(LimitMilliseconds),
        () => metrics.Shutdown(LimitMilliseconds),
        () => logs.Shutdown(LimitMilliseconds));
}
