using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Nginx.Status;
using Stack.Hosting.Orchestration;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Owns the loops that follow Nginx's access log and count its connections, from the start of the resources to the end of the AppHost, which is after the end of the last resource.</summary>
internal sealed partial class AccessLogFollower(
    IConfiguration configuration, DistributedApplicationOptions options, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan MetricsInterval = TimeSpan.FromSeconds(2);

    private readonly ILogger _logger = loggers.CreateLogger<AccessLogFollower>();
    private readonly CancellationTokenSource _stopping = new();
    private AccessLogTailer? _tailer;
    private Task _running = Task.CompletedTask;

    private bool HasDashboard => !options.DisableDashboard && !configuration.GetValue("DisableDashboard", false);

    /// <summary>Begins to follow the log of an Nginx.</summary>
    /// <param name="nginx">Name of its resource.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="socket">Path of the socket on which it tells what it does.</param>
    /// <param name="settings">What is masked, what is slow.</param>
    /// <param name="reopen">Tells Nginx to open its log files anew.</param>
    /// <param name="names">The replicas behind it.</param>
    public void Start(string nginx, string folder, string socket, AccessLogSettings settings, Action reopen, ReplicaNames names) =>

        // Nobody waits for it, and making the exporter of the metrics takes a while.
        _running = Task.Run(async () =>
        {
            try
            {
                await (HasDashboard ? SendAsync(nginx, folder, socket, settings, reopen, names) : FollowAsync(folder, settings, null, reopen)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogEnded(nginx, e);
            }
        });

    /// <summary>Looks at once: Nginx has ended, and written its last lines.</summary>
    public void Wake() => _tailer?.Wake();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task SendAsync(string nginx, string folder, string socket, AccessLogSettings settings, Action reopen, ReplicaNames names)
    {
        var interval = environment.IsDevelopment() ? MetricsInterval : 5 * MetricsInterval;
        using ProxyMeter meter = new(names.At);
        using ConnectionMeter connections = new();
        using var export = MetricsExport.Start(configuration, ProxyMeter.Name, RequestBatch.ServiceName, nginx, interval);
        using OtlpSender sender = new(new Uri(DashboardAddresses.OtlpHttp(configuration)), configuration["AppHost:OtlpApiKey"]);
        AccessLogReceiver receiver = new(new RequestBatch(nginx, names.At, settings), meter, sender, loggers.CreateLogger<AccessLogReceiver>());
        await Task.WhenAll(
            FollowAsync(folder, settings, receiver, reopen),
            new ConnectionWatch(socket, connections, interval, time).RunAsync(_stopping.Token)).ConfigureAwait(false);
    }

    private Task FollowAsync(string folder, AccessLogSettings settings, AccessLogReceiver? receiver, Action reopen)
    {
        _tailer = new AccessLogTailer(new AccessLogFiles(folder), settings, receiver, reopen, time, loggers.CreateLogger<AccessLogTailer>());
        return _tailer.RunAsync(_stopping.Token);
    }

    [LoggerMessage(6108, LogLevel.Error, "The access log of Nginx '{Name}' is not followed any more; what it holds is sent after the next start of the AppHost.")]
    private partial void LogEnded(string name, Exception exception);
}
