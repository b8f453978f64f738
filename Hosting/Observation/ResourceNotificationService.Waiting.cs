using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Stack.Hosting.Observation;

namespace Aspire.Hosting.ApplicationModel;

// Waiting for a state of other resources.
public partial class ResourceNotificationService
{
    private WaitBehavior DefaultWaitBehavior
        => _services.GetService<IOptions<ResourceNotificationServiceOptions>>()?.Value.DefaultWaitBehavior ?? WaitBehavior.WaitOnResourceUnavailable;

    /// <summary>Waits until a resource, or one replica of it, is in a state.</summary>
    /// <param name="resourceName">Name of the resource, or of a replica (ours).</param>
    /// <param name="targetState">The state; default Running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended, or the application stops; names the resource and the state.</exception>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
        => WaitForResourceAsync(resourceName, [string.IsNullOrEmpty(targetState) ? KnownResourceStates.Running : targetState], cancellationToken);

    /// <summary>Waits until a resource, or one replica of it, is in one of several states.</summary>
    /// <param name="resourceName">Name of the resource, or of a replica (ours).</param>
    /// <param name="targetStates">The states.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The state it is in.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended, or the application stops; names the resource and the states.</exception>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targetStates);
        var states = targetStates.ToList();
        var found = await WaitAsync(
            resourceName, e => states.Exists(s => Same(s, e.Snapshot.State?.Text ?? "")), $"be in state {string.Join(" or ", states.Select(s => $"'{s}'"))}", cancellationToken).ConfigureAwait(false);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until a condition holds for a snapshot of a resource.</summary>
    /// <param name="resourceName">Name of the resource, or of a replica (ours).</param>
    /// <param name="predicate">The condition.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The snapshot for which it holds.</returns>
    /// <exception cref="OperationCanceledException">The wait was ended, or the application stops; names the resource.</exception>
    public Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return WaitAsync(resourceName, predicate, "meet a condition", cancellationToken);
    }

    /// <summary>Waits until a resource runs, is healthy (all its replicas), and the handlers of its <see cref="ResourceReadyEvent"/> are done.</summary>
    /// <param name="resourceName">Name of the resource, or of a replica (ours).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended, or the application stops; names the resource.</exception>
    /// <exception cref="DistributedApplicationException">The resource has ended or failed, and the default behaviour is to give up.</exception>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default)
        => WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <summary>Waits until a resource runs, is healthy (all its replicas), and the handlers of its <see cref="ResourceReadyEvent"/> are done.</summary>
    /// <param name="resourceName">Name of the resource, or of a replica (ours).</param>
    /// <param name="waitBehavior">What to do when the resource ends or fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended, or the application stops; names the resource.</exception>
    /// <exception cref="DistributedApplicationException">The resource has ended or failed, and the behaviour is to give up.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var found = await WaitAsync(
            resourceName,
            e => IsHealthy(e.Snapshot) || (waitBehavior == WaitBehavior.StopOnResourceUnavailable && IsUnavailable(e.Snapshot)),
            "be running and healthy",
            cancellationToken).ConfigureAwait(false);
        if (!IsHealthy(found.Snapshot))
        {
            throw new DistributedApplicationException(
                $"Resource '{resourceName}' can't become healthy any more: '{found.ResourceId}' is {found.Snapshot.State!.Text}{Exit(found.Snapshot)}. Its log says why.");
        }

        await found.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        return found;
    }

    /// <summary>Waits for everything that a resource's <c>WaitFor</c>, <c>WaitForStart</c> and <c>WaitForCompletion</c> name; it is in state Waiting meanwhile.</summary>
    /// <param name="resource">The waiting resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DistributedApplicationException">One of the others has ended or failed, and the behaviour is to give up.</exception>
    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        if (waits.Count == 0)
        {
            return;
        }

        await PublishUpdateAsync(resource, s => s.State?.Text is { } text && text != KnownResourceStates.Starting && text != KnownResourceStates.Waiting
            ? s
            : s with { State = KnownResourceStates.Waiting }).ConfigureAwait(false);
        await Waits.AllOrFirstFailureAsync(waits, (w, token) => WaitForDependencyAsync(resource, w, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for one of them, all its replicas.</summary>
    internal async Task WaitForDependencyAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        var logger = _logs.GetLogger(resource);
        LogWaiting(logger, wait.Resource.Name, wait.WaitType);
        var replicas = wait.Resource.GetReplicaNames();
        if (wait.AnyReplica && replicas.Count > 0)
        {
            await WaitAsync(wait.Resource.Name, e => ReferenceEquals(e.Resource, wait.Resource) && e.Snapshot is { HealthStatus: HealthStatus.Healthy }, "have a healthy replica", cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Waits.AllOrFirstFailureAsync(replicas, (r, token) => WaitForReplicaAsync(resource, wait, r, token), cancellationToken).ConfigureAwait(false);
        }

        LogWaited(logger, wait.Resource.Name);
    }

    private static bool IsHealthy(CustomResourceSnapshot snapshot) => snapshot is { HealthStatus: HealthStatus.Healthy, ResourceReadyEvent: not null };

    private static bool IsUnavailable(CustomResourceSnapshot snapshot) => IsTerminal(snapshot) || snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy;

    private static bool IsTerminal(CustomResourceSnapshot snapshot) => snapshot.State?.Text is { } text && KnownResourceStates.TerminalStates.Contains(text);

    private static string Exit(CustomResourceSnapshot snapshot) => snapshot.ExitCode is { } code ? $" (exit code {code})" : "";

    private async Task WaitForReplicaAsync(IResource resource, WaitAnnotation wait, string replica, CancellationToken cancellationToken)
    {
        var giveUp = (wait.WaitBehavior ?? DefaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        bool IsMet(CustomResourceSnapshot s) => wait.WaitType switch
        {
            WaitType.WaitUntilHealthy => IsHealthy(s),
            WaitType.WaitUntilStarted => s.State?.Text == KnownResourceStates.Running,
            _ => IsTerminal(s) && s.State?.Text != KnownResourceStates.FailedToStart && (s.ExitCode is null || s.ExitCode == wait.ExitCode),
        };
        var found = await WaitAsync(
            replica,
            e => ReferenceEquals(e.Resource, wait.Resource) && (IsMet(e.Snapshot) || (giveUp && IsUnavailable(e.Snapshot)) || KnownValueStates.IsOne(e.Snapshot.State?.Text)),
            wait.WaitType switch
            {
                WaitType.WaitUntilHealthy => "be running and healthy",
                WaitType.WaitUntilStarted => "be running",
                _ => $"end with exit code {wait.ExitCode}",
            },
            cancellationToken).ConfigureAwait(false);
        if (!IsMet(found.Snapshot))
        {
            var expected = wait.WaitType == WaitType.WaitForCompletion ? $"; it should have ended with exit code {wait.ExitCode}" : "";
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' can't start: it waits for '{wait.Resource.Name}', and '{replica}' is {found.Snapshot.State!.Text}{Exit(found.Snapshot)}{expected}. Mend '{wait.Resource.Name}', then start both again.");
        }

        if (wait.WaitType == WaitType.WaitUntilHealthy)
        {
            await found.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ResourceEvent> WaitAsync(string name, Func<ResourceEvent, bool> predicate, string awaited, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping, _disposing.Token);
        try
        {
            await foreach (var change in WatchAsync(either.Token).ConfigureAwait(false))
            {
                if ((Same(change.Resource.Name, name) || Same(change.ResourceId, name)) && predicate(change))
                {
                    return change;
                }
            }
        }
        catch (OperationCanceledException e)
        {
            throw new OperationCanceledException(
                $"The wait for resource '{name}' to {awaited} was ended{(cancellationToken.IsCancellationRequested ? "" : ": the application is stopping")}. Last seen: {LastSeen(name)}.",
                e,
                cancellationToken);
        }

        throw new OperationCanceledException($"The wait for resource '{name}' to {awaited} was ended: the application is stopping.");
    }

    private string LastSeen(string name)
    {
        lock (_lock)
        {
            var seen = _entries.Values.Select(e => e.Last).OfType<ResourceEvent>().Where(e => Same(e.Resource.Name, name) || Same(e.ResourceId, name))
                .Select(e => $"'{e.ResourceId}' {e.Snapshot.State?.Text ?? "without a state"}{(e.Snapshot.HealthStatus is { } health ? $", {health}" : "")}").ToList();
            return seen.Count > 0 ? string.Join("; ", seen) : "nothing of that name";
        }
    }

    [LoggerMessage(4102, LogLevel.Information, "Waiting for resource '{Dependency}' ({What}).")]
    private static partial void LogWaiting(ILogger logger, string dependency, WaitType what);

    [LoggerMessage(4103, LogLevel.Information, "Finished waiting for resource '{Dependency}'.")]
    private static partial void LogWaited(ILogger logger, string dependency);
}
