using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

/// <summary>All that goes on beside the supervisors while the stack runs: first snapshots, health checks, events, logs to the terminal, the summary, the reports to systemd.</summary>
internal sealed class ResourceFollower(
    DistributedApplicationModel model, StackOptions options, ResourceAnnouncer announcer, HealthMonitor health, ResourceObservers observers, LifecycleEvents events, LogRotation rotation,
    SystemdReport systemd)
{
    /// <exception cref="Aspire.Hosting.DistributedApplicationException">A resource names health checks that are not registered.</exception>
    public void Validate() => health.Validate();

    public void AttachLog(string replica, string file)
    {
        observers.Logs.Attach(replica, file);
        var resource = model.Resources.FirstOrDefault(r => r.GetReplicaNames().Contains(replica, StringComparer.Ordinal));
        var supervision = resource is not null && resource.TryGetLastAnnotation<SupervisionAnnotation>(out var annotation) ? annotation.Options : new SupervisionOptions();
        rotation.Watch(file, new LogLimits(supervision.StdoutLogFileMaxBytes, supervision.StdoutLogFileBackups));
    }

    public Task AnnounceAsync(CancellationToken cancellationToken) => announcer.AnnounceAsync(cancellationToken);

    /// <summary>Announces the replicas of a resource from an index on.</summary>
    public Task AnnounceAsync(IResource resource, int first, CancellationToken cancellationToken) => announcer.AnnounceAsync(resource, first, cancellationToken);

    /// <summary>A replica is gone: nothing more is written to its log, and it has no snapshot any more.</summary>
    public void Forget(IResource resource, string replica)
    {
        observers.Logs.Forget(replica);
        observers.Notifications.Forget(resource, replica);
    }

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="meantToRun">Names of the replicas of a resource that are meant to run.</param>
    /// <param name="isSupervised">Tells what has supervisors of its own.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task RunAsync(Func<IResource, IReadOnlyCollection<string>> meantToRun, Func<IResource, bool> isSupervised, CancellationToken cancellationToken)
    {
        var watch = new ResourceWatch(model, observers.Notifications, events, meantToRun, observers.Loggers.CreateLogger<ResourceWatch>());
        return Task.WhenAll(
            watch.RunAsync(cancellationToken),
            health.RunAsync(isSupervised, cancellationToken),
            rotation.RunAsync(cancellationToken),
            options.ForwardResourceLogs ? new LogForwarding(model, options, observers).RunAsync(cancellationToken) : Task.CompletedTask);
    }

    /// <summary>Tells the terminal and systemd how it goes.</summary>
    public Task ReportAsync(StackControl control, CancellationToken cancellationToken)
        => Task.WhenAll(SummarizeAsync(control, cancellationToken), systemd.RunAsync(control.Look, control.PingAsync, cancellationToken));

    // Once nothing is on its way any more, what is started by hand aside.
    private async Task SummarizeAsync(StackControl control, CancellationToken cancellationToken)
    {
        var settled = new Settled(
            r => control.Resources.FirstOrDefault(o => ReferenceEquals(o.Plan.Resource, r)) is { } known ? [.. known.Replicas.Select(i => i.Current)] : null,
            options.DefaultWaitBehavior);
        var awaited = control.Resources.Where(r => !r.IsStartedByHand).Select(r => r.Plan.Resource).ToList();
        try
        {
            await foreach (var _ in observers.Notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (settled.Is(awaited))
                {
                    var dashboard = control.Dashboard is { } access && !options.ShowLoginLink ? access with { LoginUrl = access.Url } : control.Dashboard;
                    StartSummary.Write(Console.Out, control.Look(), dashboard, "Ctrl+C stops everything.");
                    systemd.Ready(control.Look());
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped before everything had started.
        }
    }
}

/// <summary>The services that see all resources.</summary>
internal sealed record ResourceObservers(ResourceNotificationService Notifications, ResourceLoggerService Logs, ILoggerFactory Loggers);
