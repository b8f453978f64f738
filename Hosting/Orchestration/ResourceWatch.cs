using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Stack.Hosting.Orchestration;

/// <summary>Follows the snapshots of all resources, and does what has to follow from them: ready and stopped events, and the states of what lives with another resource.</summary>
/// <param name="model">The model.</param>
/// <param name="notifications">The snapshots.</param>
/// <param name="events">Raises the events.</param>
/// <param name="meantToRun">Names of the replicas of a resource that are meant to run.</param>
/// <param name="logger">Its log.</param>
internal sealed partial class ResourceWatch(
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    LifecycleEvents events,
    Func<IResource, IReadOnlyCollection<string>> meantToRun,
    ILogger logger)
{
    private readonly Dictionary<IResource, HashSet<string>> _healthy = [];
    private readonly Dictionary<IResource, EventSnapshot<ResourceReadyEvent>> _ready = [];
    private readonly Dictionary<(IResource Resource, string Id), string?> _states = [];
    private readonly List<Task> _handlers = [];

    /// <summary>Follows until it is cancelled; then waits for the handlers that still run.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                await FollowAsync(change, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stack is being stopped.
        }

        await Task.WhenAll(_handlers).ConfigureAwait(false);
    }

    private async Task FollowAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        var state = change.Snapshot.State?.Text;
        var before = _states.GetValueOrDefault((change.Resource, change.ResourceId));
        _states[(change.Resource, change.ResourceId)] = state;
        if (state != before)
        {
            await TakeAlongAsync(change).ConfigureAwait(false);
            if (IsTerminal(state) && before is not null && !IsTerminal(before) && before != KnownResourceStates.NotStarted)
            {
                Track(events.StoppedAsync(change.Resource, change, cancellationToken), change.ResourceId);
            }
        }

        if (change.Snapshot.HealthStatus == HealthStatus.Healthy && change.Snapshot.ResourceReadyEvent is null)
        {
            await BecomeHealthyAsync(change, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task BecomeHealthyAsync(ResourceEvent change, CancellationToken cancellationToken)
    {
        if (_ready.TryGetValue(change.Resource, out var raised))
        {
            // A replica that came later: the resource was ready before.
            if (change.Resource.GetReplicaNames().Contains(change.ResourceId, StringComparer.OrdinalIgnoreCase))
            {
                await notifications.PublishUpdateAsync(change.Resource, change.ResourceId, s => s with { ResourceReadyEvent = raised }).ConfigureAwait(false);
            }

            return;
        }

        if (!_healthy.TryGetValue(change.Resource, out var healthy))
        {
            _healthy[change.Resource] = healthy = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        }

        healthy.Add(change.ResourceId);
        if (!meantToRun(change.Resource).All(healthy.Contains))
        {
            return;
        }

        var handlers = events.ReadyAsync(change.Resource, cancellationToken);
        Track(handlers, change.Resource.Name);
        _ready[change.Resource] = new EventSnapshot<ResourceReadyEvent>(handlers);
        await notifications.PublishUpdateAsync(change.Resource, s => s with { ResourceReadyEvent = _ready[change.Resource] }).ConfigureAwait(false);
    }

    // What lives with another resource and has no life of its own is in that one's state.
    private async Task TakeAlongAsync(ResourceEvent change)
    {
        foreach (var child in model.Resources.OfType<IResourceWithParent>().Where(r => ReferenceEquals(r.Parent, change.Resource) && !HasOwnLife(r)).ToList())
        {
            await notifications.PublishUpdateAsync(child, s => s with
            {
                State = change.Snapshot.State,
                StartTimeStamp = change.Snapshot.StartTimeStamp,
                StopTimeStamp = change.Snapshot.StopTimeStamp,
            }).ConfigureAwait(false);
        }
    }

    private static bool HasOwnLife(IResource resource)
        => resource is ProjectResource or ExecutableResource or ContainerResource or IResourceWithoutLifetime || resource.IsContainer();

    private static bool IsTerminal(string? state) => state is not null && KnownResourceStates.TerminalStates.Contains(state);

    private void Track(Task handlers, string name)
    {
        _handlers.RemoveAll(t => t.IsCompleted);
        _handlers.Add(LogFailureAsync(handlers, name));
    }

    private async Task LogFailureAsync(Task handlers, string name)
    {
        try
        {
            await handlers.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogHandlerFailed(e, name);
        }
    }

    [LoggerMessage(3301, LogLevel.Error, "A handler of an event of '{Resource}' failed.")]
    private partial void LogHandlerFailed(Exception exception, string resource);
}
