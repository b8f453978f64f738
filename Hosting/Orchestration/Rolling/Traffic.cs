using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>Takes the replicas of one resource out of traffic and lets them in again, through the gates of its gateways, and notes it with each. A gate that does not answer in time has failed.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is not used: it holds nothing.")]
internal sealed partial class Traffic(IResource resource, TimeProvider time, ILogger logger)
{
    /// <summary>How long requests in flight are waited for.</summary>
    public static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);

    // A gate is asked one thing at a time; what is noted goes with it.
    private readonly SemaphoreSlim _turn = new(1);

    // For a gate to answer, beside what it waits for; it may have a configuration to test and a program to reload.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>False: there is no gateway before the resource, and nothing to be done.</summary>
    public bool HasGate => Gates.Count > 0;

    private List<ITrafficGate> Gates => [.. resource.Annotations.OfType<TrafficGateAnnotation>().Select(a => a.Gate)];

    /// <summary>A replica that was there from the start: requests reach it as soon as it listens.</summary>
    public Task BeginAsync(InstanceSupervisor replica) => NoteAsync(replica, InstanceTraffic.In);

    /// <summary>A replica that comes later: none reach it before the gates know of it.</summary>
    public Task BeginOutsideAsync(InstanceSupervisor replica) => NoteAsync(replica, InstanceTraffic.Out);

    /// <exception cref="TrafficGateException">A gate failed, or did not answer. Requests may still reach the replica.</exception>
    public Task DrainAsync(InstanceSupervisor replica, CancellationToken cancellationToken) => DrainAsync(replica, DrainLimit, cancellationToken);

    /// <param name="replica">The replica.</param>
    /// <param name="limit">How long requests in flight are waited for; zero: not at all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrafficGateException">A gate failed, or did not answer. Requests may still reach the replica.</exception>
    public Task DrainAsync(InstanceSupervisor replica, TimeSpan limit, CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            await NoteAsync(replica, InstanceTraffic.Draining).ConfigureAwait(false);
            var drained = await AskAsync(
                gate => gate.DrainAsync(Of(replica), limit, cancellationToken), limit + Patience, $"could not take '{replica.Name}' out of traffic", cancellationToken).ConfigureAwait(false);
            if (drained.Contains(false) && limit > TimeSpan.Zero)
            {
                LogNotDrained(replica.Name, limit.TotalSeconds);
            }

            await NoteAsync(replica, InstanceTraffic.Out).ConfigureAwait(false);
        },
        cancellationToken);

    /// <exception cref="TrafficGateException">A gate failed, or did not answer.</exception>
    public Task AdmitAsync(InstanceSupervisor replica, CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            await AskAsync(gate => Done(gate.AdmitAsync(Of(replica), cancellationToken)), DrainLimit + Patience, $"could not let requests reach '{replica.Name}' again", cancellationToken).ConfigureAwait(false);
            await NoteAsync(replica, InstanceTraffic.In).ConfigureAwait(false);
        },
        cancellationToken);

    /// <exception cref="TrafficGateException">A gate failed, or did not answer.</exception>
    public Task SetMembersAsync(IReadOnlyList<InstanceSupervisor> replicas, CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            List<TrafficReplica> members = [.. replicas.Select(Of)];
            await AskAsync(gate => Done(gate.SetMembersAsync(resource, members, cancellationToken)), DrainLimit + Patience, $"could not be told of the {members.Count} replicas of '{resource.Name}'", cancellationToken).ConfigureAwait(false);
            foreach (var replica in replicas.Where(r => r.Current.Traffic == InstanceTraffic.Out))
            {
                await NoteAsync(replica, InstanceTraffic.In).ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <param name="folders">The published folders that replicas run from, from now on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TrafficGateException">A gate failed, or did not answer.</exception>
    public Task SetReleasesAsync(IReadOnlyList<string> folders, CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            ReleaseFolders.Set(resource, folders);
            await AskAsync(gate => Done(gate.SetReleasesAsync(resource, folders, cancellationToken)), DrainLimit + Patience, $"could not be told of the releases of '{resource.Name}'", cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private async Task TurnAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await act().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T[]> AskAsync<T>(Func<ITrafficGate, Task<T>> ask, TimeSpan limit, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAll(Gates.Select(ask)).WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (TimeoutException e)
        {
            throw new TrafficGateException($"The gateway {what}: it did not answer within {limit.TotalSeconds:0} s.", e);
        }
        catch (Exception e)
        {
            throw new TrafficGateException($"The gateway {what}: {e.Message}", e);
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private TrafficReplica Of(InstanceSupervisor replica) => new(resource, replica.Name, replica.Current.Index);

    private Task NoteAsync(InstanceSupervisor replica, InstanceTraffic traffic) => HasGate ? replica.SetTrafficAsync(traffic) : Task.CompletedTask;

    [LoggerMessage(3134, LogLevel.Warning, "Instance {Instance} still had requests in flight {Seconds:0} s after it was taken out of traffic; they are ended by its stop.")]
    private partial void LogNotDrained(string instance, double seconds);
}

/// <summary>A gateway could not do what it was asked for.</summary>
internal sealed class TrafficGateException(string message, Exception inner) : DistributedApplicationException(message, inner);
