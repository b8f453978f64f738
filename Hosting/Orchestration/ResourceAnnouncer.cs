using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration;

/// <summary>Publishes the first snapshot of every resource, with its URLs.</summary>
internal sealed class ResourceAnnouncer(
    DistributedApplicationModel model, DistributedApplicationExecutionContext execution, ResourceNotificationService notifications, ResourceLoggerService logs, TimeProvider time)
{
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in model.Resources.ToList())
        {
            await AnnounceAsync(resource, first: 0, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those of its replicas from an index on.</summary>
    public async Task AnnounceAsync(IResource resource, int first, CancellationToken cancellationToken)
    {
        var urls = await ResourceUrls.ComputeAsync(resource, execution, logs.GetLogger(resource), cancellationToken).ConfigureAwait(false);
        var names = resource.GetReplicaNames();
        for (var index = first; index < names.Count; index++)
        {
            var own = ResourceUrls.ForReplica(urls, index).ToList();
            await notifications.PublishUpdateAsync(
                resource, names[index], s => InitialSnapshots.Of(resource, s, time.GetUtcNow().UtcDateTime) with { Urls = [.. s.Urls, .. own] }).ConfigureAwait(false);
        }
    }
}
