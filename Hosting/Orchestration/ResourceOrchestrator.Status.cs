using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration;

// What the replicas come to, together.
internal sealed partial class ResourceOrchestrator
{
    private const string Frozen = "RolloutFrozen";

    // From the least to the most advanced: a resource is in the state of its least advanced replica that is meant to run.
    private static readonly InstanceState[] Progress =
    [
        InstanceState.Fatal, InstanceState.Unknown, InstanceState.Exited, InstanceState.Stopped, InstanceState.Backoff,
        InstanceState.Waiting, InstanceState.Starting, InstanceState.Stopping, InstanceState.Running,
    ];

    private static readonly InstanceHealth[] HealthFromWorst = [InstanceHealth.Dead, InstanceHealth.NotReady, InstanceHealth.Unknown, InstanceHealth.Ready];

    // Thousands of events are kept, each with all replicas of its resource: what has not changed is one object in all of them.
    private readonly ConditionalWeakTable<InstanceSnapshot, ReplicaStatus> _statuses = [];
    private IReadOnlyList<ResourceRelationship> _relationships = [];

    public ResourceStatus Status()
    {
        var all = _replicas.Snapshots;
        var wanted = all.Where(r => r.Wanted && !HasDoneItsWork(r)).ToList();
        var judged = wanted.Count > 0 ? wanted : all;
        var state = judged.Count == 0 ? InstanceState.Stopped : Progress.First(s => judged.Any(r => r.State == s));
        return new ResourceStatus
        {
            Name = Name,
            Type = Plan.Type,
            State = _rollout.IsFrozen ? Frozen : state.ToString(),
            Health = (wanted.Count == 0 ? InstanceHealth.Unknown : HealthFromWorst.First(h => wanted.Exists(r => r.Health == h))).ToString(),
            Urls = [.. Plan.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").Select(e => e.AllocatedEndpoint?.UriString).OfType<string>()],
            Wanted = wanted.Count,
            Ready = wanted.Count(r => r is { State: InstanceState.Running, Health: InstanceHealth.Ready }),
            Rollout = _rollout.Status,
            Trouble = Plan.Resource.Annotations.OfType<TroubleAnnotation>().Select(t => t.Text).FirstOrDefault(t => t is not null),
            Hidden = IsHidden,
            Source = InitialSnapshots.SourceOf(Plan.Resource),
            Release = HasReleases ? Releases.Current : null,
            Gateway = Plan.Resource.Annotations.OfType<GatewayAnnotation>().FirstOrDefault()?.Gateway.Name,
            Relationships = Relationships(),
            Replicas = [.. all.Select(r => _statuses.GetValue(r, Status))],
        };
    }

    // A job, as one that prepares a database: it serves nobody, and is not missing when it has ended well.
    private bool HasDoneItsWork(InstanceSnapshot replica)
        => replica is { State: InstanceState.Exited, ExitCode: { } code } && !Plan.Resource.HasAnnotationOfType<EndpointAnnotation>()
            && (Plan.Resource.TryGetLastAnnotation<SupervisionAnnotation>(out var supervision) ? supervision.Options.SuccessExitCodes.Contains(code) : code == 0);

    private IReadOnlyList<ResourceRelationship> Relationships()
    {
        List<ResourceRelationship> now = [.. ResourceDetailer.Outgoing(Plan.Resource)];
        return _relationships = now.SequenceEqual(_relationships) ? _relationships : now;
    }

    private ReplicaStatus Status(InstanceSnapshot replica) => new()
    {
        Name = replica.Name,
        State = replica.State.ToString(),
        Health = replica.Health.ToString(),
        HealthReason = replica.Checks.FirstOrDefault(c => !c.IsSuccess) is { } failed ? $"{failed.Key}: {failed.Text}" : null,
        Pid = replica.Pid,
        Port = replica.Port,
        Restarts = replica.Restarts,
        StartedAt = replica.StartedAt,
        EndedAt = replica.EndedAt,
        IsDone = HasDoneItsWork(replica),
        Generation = replica.Generation,
        Url = Url(replica.Index),
        Failures = replica.Failures,
        NextAttemptAt = replica.NextAttemptAt,
        LastExit = replica.LastExit,
        Reason = replica.Reason,
        Traffic = replica.Traffic.ToString(),
        Adopted = replica.Adopted,
    };

    private string? Url(int index)
        => Plan.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.UriScheme is "http" or "https") is { } endpoint && index < endpoint.ReplicaEndpoints.Count
            ? endpoint.ReplicaEndpoints[index].UriString
            : null;
}
