using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>Runs the registered health checks of resources while they run, once for a resource, and notes the results with all its replicas. HTTP checks of what is supervised are its supervisors' work.</summary>
internal sealed partial class HealthMonitor(
    DistributedApplicationModel model, ResourceNotificationService notifications, HealthCheckService checks, IOptions<HealthCheckServiceOptions> registered, TimeProvider time, ILogger<HealthMonitor> logger)
{
    private const int MaxFailuresThatCount = 5;
    private static readonly TimeSpan WhenHealthy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PerFailure = TimeSpan.FromSeconds(1);

    /// <exception cref="DistributedApplicationException">A resource names checks that are not registered.</exception>
    public void Validate()
    {
        var known = registered.Value.Registrations.Select(r => r.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<string> faults = [];
        foreach (var resource in model.Resources)
        {
            foreach (var key in resource.Annotations.OfType<HealthCheckAnnotation>().Select(c => c.Key).Where(k => !known.Contains(k)))
            {
                LogUnknown(key, resource.Name);
                faults.Add($"Resource '{resource.Name}' has the health check '{key}', which is not registered. Register it: builder.Services.AddHealthChecks().AddCheck(\"{key}\", …).");
            }
        }

        if (faults.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, faults));
        }
    }

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="isSupervised">Tells what has a supervisor of its own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(Func<IResource, bool> isSupervised, CancellationToken cancellationToken)
        => Task.WhenAll(model.Resources.ToList().Select(r => (Resource: r, Keys: KeysOf(r, isSupervised(r)))).Where(r => r.Keys.Count > 0).Select(r => MonitorAsync(r.Resource, r.Keys, cancellationToken)));

    private static HashSet<string> KeysOf(IResource resource, bool isSupervised)
    {
        var keys = InitialSnapshots.HealthCheckKeys(resource).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (isSupervised)
        {
            keys.ExceptWith(resource.Annotations.OfType<HttpHealthCheckAnnotation>().Select(c => c.Key));
        }

        return keys;
    }

    private async Task MonitorAsync(IResource resource, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                await UntilAsync(resource, IsRunning, cancellationToken).ConfigureAwait(false);
                var report = await checks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken).ConfigureAwait(false);
                await notifications.PublishUpdateAsync(resource, s => IsRunning(s) ? s with { HealthReports = [.. s.HealthReports.Select(r => Merge(r, report))] } : s).ConfigureAwait(false);
                failures = report.Status == HealthStatus.Healthy ? 0 : Math.Min(failures + 1, MaxFailuresThatCount);
                await PauseAsync(resource, keys, failures == 0 ? WhenHealthy : PerFailure * failures, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The stack is being stopped.
        }
        catch (Exception e)
        {
            LogFailed(e, resource.Name);
        }
    }

    private static HealthReportSnapshot Merge(HealthReportSnapshot old, HealthReport report)
        => report.Entries.TryGetValue(old.Name, out var entry) ? new HealthReportSnapshot(old.Name, entry.Status, entry.Description, entry.Exception?.ToString()) : old;

    // A replica that has just begun to run is asked for at once.
    private async Task PauseAsync(IResource resource, HashSet<string> keys, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fresh = UntilAsync(resource, s => IsRunning(s) && s.HealthReports.Any(r => r.Status is null && keys.Contains(r.Name)), over.Token);
        await Task.WhenAny(fresh, Task.Delay(pause, time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task<ResourceEvent> UntilAsync(IResource resource, Func<CustomResourceSnapshot, bool> condition, CancellationToken cancellationToken)
        => notifications.WaitForResourceAsync(resource.Name, e => ReferenceEquals(e.Resource, resource) && condition(e.Snapshot), cancellationToken);

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;

    [LoggerMessage(3401, LogLevel.Critical, "The health check '{Key}' of resource '{Resource}' is not registered.")]
    private partial void LogUnknown(string key, string resource);

    [LoggerMessage(3402, LogLevel.Error, "The health checks of resource '{Resource}' can't be run any more.")]
    private partial void LogFailed(Exception exception, string resource);
}
