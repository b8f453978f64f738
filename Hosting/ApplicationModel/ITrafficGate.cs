using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>
/// What a gateway does for the replicas behind it when they are restarted or their number changes. The gateway puts a <see cref="TrafficGateAnnotation"/> on the resource that it fronts before that one starts.
/// The engine calls one method after another for a resource, never two at the same time; the resource's replicas are all let in from the start.
/// An exception that a method throws stops what was going on before the replica is touched, and its message is shown to people; so does a call that does not return in time.
/// </summary>
/// <example><code>site.WithAnnotation(new TrafficGateAnnotation(gate));</code></example>
public interface ITrafficGate
{
    /// <summary>Takes a replica out of traffic. Returns when no new request can reach it and none is in flight there, or when the limit is over.</summary>
    /// <param name="replica">The replica; another one of its resource goes on serving.</param>
    /// <param name="limit">How long to wait for requests in flight.</param>
    /// <param name="cancellationToken">Ends the wait; the replica may be left half out.</param>
    /// <returns>False: the limit is over and requests are still in flight. The restart goes on, with a warning.</returns>
    Task<bool> DrainAsync(TrafficReplica replica, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>Lets requests reach a replica again. It is ready; the gate may warm it up first. One that is in already stays in.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AdmitAsync(TrafficReplica replica, CancellationToken cancellationToken);

    /// <summary>Tells which replicas there are from now on, when their number changes. New ones are ready, and are let in; those that are gone have been drained and stopped. Returns when that is in effect.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="replicas">All its replicas, by index; may be none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task SetMembersAsync(IResource resource, IReadOnlyList<TrafficReplica> replicas, CancellationToken cancellationToken);

    /// <summary>
    /// Tells which published folders the replicas run from, from now on: before the first replica is started from a new release, and again when the roll-out has ended, whichever way. What a gate serves from
    /// there itself (static files) has to be right for all of them until it returns the next time. The same folders are in the resource's <see cref="ReleaseFoldersAnnotation"/>. Does nothing unless it is implemented.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="folders">Full paths; that of the next launches first. A replica that runs from the project's own build has none here.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task SetReleasesAsync(IResource resource, IReadOnlyList<string> folders, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A replica as a gateway sees it. Where it listens: <c>endpoint.ForReplica(replica.Index)</c>.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Name">Name of the replica: <c>site-8001</c>.</param>
/// <param name="Index">0-based index in the resource.</param>
public sealed record TrafficReplica(IResource Resource, string Name, int Index);

/// <summary>Names the gate through which requests reach the replicas of a resource. With several, each is asked.</summary>
/// <param name="Gate">The gate.</param>
public sealed record TrafficGateAnnotation(ITrafficGate Gate) : IResourceAnnotation;

/// <summary>The published folders that the replicas of a resource run from: there once the plan is made, replaced at each deploy before the gates are told of it (<see cref="ITrafficGate.SetReleasesAsync"/>).</summary>
/// <param name="Folders">Full paths; that of the next launches first. Empty: all of them run from the project's own build.</param>
public sealed record ReleaseFoldersAnnotation(IReadOnlyList<string> Folders) : IResourceAnnotation;
