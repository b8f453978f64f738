using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Injection;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Orchestration;

/// <summary>Makes the supervisor's specification of each replica of one resource, from its annotations and the defaults of the mode.</summary>
internal sealed class SpecFactory
{
    private readonly ResourcePlan _plan;
    private readonly StackOptions _options;
    private readonly SupervisionOptions _supervision;
    private readonly LaunchPlanner _launches;
    private readonly ContainerRuntime _containers;
    private readonly InstanceRecordStore? _records;
    private readonly List<HttpHealthCheckAnnotation> _checks;
    private readonly HangDumps _dumps;
    private readonly SiteInjector? _injector;

    public SpecFactory(ResourcePlan plan, StackOptions options, StateFolder state, DistributedApplicationExecutionContext execution, ContainerRuntime containers, ResourceNotificationService notifications, ReleaseTargets releases, SiteInjector? injector, ILogger logger)
    {
        _plan = plan;
        _containers = containers;
        _injector = injector;
        _records = options.Development ? null : state.Records;
        _options = options;
        _supervision = plan.Resource.TryGetLastAnnotation<SupervisionAnnotation>(out var annotation) ? annotation.Options : new SupervisionOptions();
        _dumps = new HangDumps(Path.Combine(state.Path, "dumps"), TimeProvider.System);
        _checks = [.. plan.Resource.Annotations.OfType<HttpHealthCheckAnnotation>()];
        _launches = new LaunchPlanner(plan, state, execution, StopGrace, options.Development ? _supervision.ParentDeathSignal : null, logger)
        {
            Container = plan.Resource.RunsInEngine() ? new ContainerLauncher(plan.Resource, containers, execution, notifications, state.Containers, StopGrace) : null,
            Settings = ProcessSettings.From(_supervision),
            Injector = injector,
            Release = replica => releases.For(replica)?.Site,
            Folder = _supervision.Directory is { } folder ? Path.GetFullPath(folder, options.AppHostDirectory) : null,
        };
    }

    private TimeSpan StopGrace => _supervision.StopWaitSecs ?? TimeSpan.FromSeconds(_options.Development ? 5 : 35);

    /// <summary>Has the AppHost's callbacks called anew for the next launches.</summary>
    public void RenewLaunches() => _launches.Renew();

    /// <param name="replica">The replica.</param>
    /// <param name="launching">Called with each launch, before it happens.</param>
    public InstanceSpec Create(ReplicaIdentity replica, Action<LaunchRequest> launching) => new()
    {
        Name = replica.Name,
        Resource = _plan.Name,
        Records = _records,
        CommandLineMark = _supervision.CommandLineMark,
        ContentVersion = _supervision.ContentVersion,
        IsComparable = !_plan.Resource.RunsInEngine(),
        ReloadSignal = _supervision.ReloadSignal,
        Reload = _supervision.Reload,
        Index = replica.Index,
        Port = replica.Port,
        ListensItself = _supervision.ListensItself && !_plan.Resource.RunsInEngine(),
        StaysBehind = () => _plan.Resource.RunsInEngine() && _plan.Resource.IsPersistent() && _containers.IsEnding,
        CreateLaunch = (generation, token) => Task.Run(() => CreateLaunchAsync(replica, generation, launching, token), token).WaitAsync(token),
        Liveness = _options.Development ? null : new LivenessChecks(_plan.Resource, _supervision, _dumps).Create(replica),
        Readiness = _checks.Count == 0 && Connection(replica) is { } connection ? [connection] : [.. _checks.Select(c => Probe(c, replica))],
        Restart = new RestartSettings
        {
            Mode = _plan.Resource.TryGetLastAnnotation<RestartPolicyAnnotation>(out var policy) ? policy.Mode : _options.Development ? RestartMode.Never : RestartMode.Always,
            FailureBudget = _supervision.IsFailureBudgetSet ? _supervision.FailureBudget : _options.Development ? 3 : 10,
            SuccessExitCodes = _supervision.SuccessExitCodes.ToHashSet(),
            ProbationInterval = _supervision.ProbationInterval,
        },
        StartSecs = _supervision.StartSecs,
        StartDeadline = _supervision.StartDeadline,
        StopSignal = _supervision.StopSignal,
        StopGrace = StopGrace,
        ProbePeriod = TimeSpan.FromSeconds(_options.Development ? 5 : 2),
    };

    // A site that knows nothing of us may have no page that tells of it: then it is ready when it takes connections.
    private ProbeSpec? Connection(ReplicaIdentity replica)
        => _injector is not null && _plan.Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.UriScheme is "http" or "https") is { } endpoint
            ? new ProbeSpec(new UriBuilder(endpoint.ReplicaEndpoints[replica.Index].UriString) { Scheme = "tcp" }.Uri)
            : null;

    // The AppHost's callbacks run in it: they may block, and must not block the replica's loop or its stop.
    private async Task<LaunchRequest> CreateLaunchAsync(ReplicaIdentity replica, int generation, Action<LaunchRequest> launching, CancellationToken cancellationToken)
    {
        var request = await _launches.CreateAsync(replica, generation, cancellationToken).ConfigureAwait(false);
        if (!_plan.Resource.RunsInEngine())
        {
            // What a container gets is told when it is made: this request is that of the engine's client.
            launching(request);
        }

        return request;
    }

    // The replica's own address: the endpoint's public one may be the gateway's. A check of another resource's endpoint asks there.
    internal static Uri UrlOf(EndpointReference endpoint, string path, IResource resource, ReplicaIdentity replica)
        => new($"{(ReferenceEquals(endpoint.Resource, resource) ? endpoint.EndpointAnnotation.ReplicaEndpoints[replica.Index].UriString : endpoint.Url)}{path}");

    private ProbeSpec Probe(HttpHealthCheckAnnotation check, ReplicaIdentity replica)
        => new(UrlOf(check.Endpoint(), check.Path, _plan.Resource, replica), check.StatusCode) { Key = check.Key };
}
