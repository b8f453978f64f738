using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Orchestration;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>Owns the loop that follows Nginx's access log, from the start of the resources to the end of the AppHost, which is after the end of the last resource.</summary>
internal sealed class AccessLogFollower(
    IConfiguration configuration, DistributedApplicationOptions options, IHostEnvironment environment, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable
{
    private static readonly TimeSpan MetricsInterval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<IDisposable> _owned = [];
    private AccessLogTailer? _tailer;
    private Task _running = Task.CompletedTask;

    private bool HasDashboard => !options.DisableDashboard && !configuration.GetValue("DisableDashboard", false);

    /// <summary>Begins to follow the log of an Nginx.</summary>
    /// <param name="nginx">Name of its resource.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="reopen">Tells Nginx to open its log files anew.</param>
    /// <param name="names">The replicas behind it.</param>
    /// <exception cref="DistributedApplicationException">A setting makes no sense.</exception>
    public void Start(string nginx, string folder, Action reopen, ReplicaNames names)
    {
        var settings = AccessLogSettings.Read(key => configuration[key]);
        _tailer = new AccessLogTailer(
            new AccessLogFiles(folder), settings, HasDashboard ? Receiver(nginx, settings, names) : null, reopen, time, loggers.CreateLogger<AccessLogTailer>());
        _running = Task.Run(() => _tailer.RunAsync(_stopping.Token));
    }

    /// <summary>Looks at once: Nginx has ended, and written its last lines.</summary>
    public void Wake() => _tailer?.Wake();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _owned.ForEach(owned => owned.Dispose());
        _owned.Clear();
        _stopping.Dispose();
    }

    private AccessLogReceiver Receiver(string nginx, AccessLogSettings settings, ReplicaNames names)
    {
        ProxyMeter meter = new(names.At);
        var export = MetricsExport.Start(configuration, ProxyMeter.Name, RequestBatch.ServiceName, nginx, environment.IsDevelopment() ? MetricsInterval : 5 * MetricsInterval);
        OtlpSender sender = new(new Uri(DashboardAddresses.OtlpHttp(configuration)), configuration["AppHost:OtlpApiKey"]);
        _owned.AddRange([export, meter, sender]);
        return new AccessLogReceiver(new RequestBatch(nginx, names.At, settings), meter, sender, loggers.CreateLogger<AccessLogReceiver>());
    }
}
