using Stack.Hosting.Control.Contract;

namespace Stack.Hosting.Control;

/// <summary>What the control socket may see and command; Orchestration implements it.</summary>
internal interface IStackControl
{
    /// <summary>The whole stack now. Has every resource of the model from the first call on, started or not.</summary>
    StackStatus GetStatus();

    /// <summary>First a snapshot, then every change after it, without an end; nothing is lost between the two.</summary>
    /// <param name="afterSeq">Go on after this event, without a snapshot, if it is still known; a snapshot else.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    IAsyncEnumerable<StackEvent> WatchAsync(long? afterSeq, CancellationToken cancellationToken);

    /// <summary>Absolute path of the file that takes a replica's stdout and stderr (it need not exist yet), also of one that is gone and has left its log; null for an unknown name.</summary>
    string? FindLogFile(string replica);

    /// <summary>Names of a resource's replicas in order of their index; empty for an unknown name.</summary>
    IReadOnlyList<string> ReplicasOf(string resource);

    /// <summary>Names of the commands that a resource and its replicas have; empty for an unknown name.</summary>
    IReadOnlyList<string> CommandsOf(string name);

    /// <summary>All there is to know of a resource or a replica, secrets masked; null for an unknown name.</summary>
    ResourceDetails? DetailsOf(string name);

    /// <summary>Null when the AppHost runs no dashboard, or does not know its address yet.</summary>
    DashboardAccess? Dashboard { get; }

    /// <summary>Carries out a command and returns when its goal is reached or given up. One that asks for the state already reached succeeds and changes nothing.</summary>
    /// <param name="name">A resource (all its replicas) or one replica; known to exist.</param>
    /// <param name="command">One of <see cref="CommandsOf"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun goes on.</param>
    Task<CommandOutcome> ExecuteAsync(string name, string command, CancellationToken cancellationToken);

    /// <summary>Changes how many replicas a resource has and returns when that is reached or given up. Asking for the number that there is succeeds and changes nothing.</summary>
    /// <param name="resource">A resource; known to exist.</param>
    /// <param name="replicas">How many there are to be, 0 or more.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun goes on.</param>
    Task<CommandOutcome> ScaleAsync(string resource, int replicas, CancellationToken cancellationToken);

    /// <summary>Makes a release of a site and goes over to it; returns when all its replicas run it, or that was given up.</summary>
    /// <param name="resource">A resource; known to exist.</param>
    /// <param name="folder">Full path of a published folder; null: the project is published first.</param>
    /// <param name="name">Names the release beside its time; null: a hash does.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun goes on.</param>
    Task<CommandOutcome> DeployAsync(string resource, string? folder, string? name, CancellationToken cancellationToken);

    /// <summary>Goes back to a release; returns when all replicas of the site run it, or that was given up.</summary>
    /// <param name="resource">A resource; known to exist.</param>
    /// <param name="to">Which; null: the one before the current one.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun goes on.</param>
    Task<CommandOutcome> RollbackAsync(string resource, string? to, CancellationToken cancellationToken);

    /// <summary>The releases of a site; null for an unknown name.</summary>
    ReleaseList? ReleasesOf(string resource);

    /// <summary>Begins the end of the whole AppHost and returns at once.</summary>
    /// <param name="force">KILL to all groups instead of an orderly stop.</param>
    /// <param name="leaveRunning">The replicas stay and serve on; the next AppHost takes them over.</param>
    CommandOutcome RequestDown(bool force, bool leaveRunning);
}
