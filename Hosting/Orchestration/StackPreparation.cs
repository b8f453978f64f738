using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Records;

namespace Stack.Hosting.Orchestration;

/// <summary>What comes before anything starts: state folder, keys, dashboard, plan, free ports.</summary>
internal sealed partial class StackPreparation(
    DistributedApplicationModel model, StackOptions options, IConfiguration configuration, IUserSecretsManager secrets, LifecycleEvents events, ContainerRuntime containers, IProcessLauncher launcher, IReleasePublisher publisher, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<StackPreparation>();
    private StateFolder? _state;
    private StackSecrets? _secrets;
    private ExecutableResource? _dashboard;

    /// <summary>Opens the state folder and adds the dashboard to the model.</summary>
    /// <exception cref="DistributedApplicationException">The folder can't be used, or there is no dashboard.</exception>
    public void Open()
    {
        _state = StateFolder.Open(options.StateFolder, options.KeysFolder);
        if (options.Development)
        {
            foreach (var left in Unrecorded.End(_state.Path))
            {
                LogEnded(left.Entry.Pid, left.Instance);
            }
        }

        // For what prepares files of its own before the start, as the gateway does.
        configuration["Stack:State"] = _state.Path;
        configuration["Stack:Run"] = Path.GetDirectoryName(SocketFolder.Prepare(options.RunFolder, options.ControlAccess));
        _secrets = SharedKeys.Load(_state, configuration, secrets, options.Development);
        if (!options.DisableDashboard)
        {
            configuration["AppHost:OtlpApiKey"] = _secrets.OtlpApiKey;
            _dashboard = DashboardResource.Create(configuration, options, _state, _secrets);
            model.Resources.Add(_dashboard);
        }
    }

    /// <summary>Makes the plan, when the AppHost's own code is done with the model, and tells the addresses.</summary>
    /// <exception cref="DistributedApplicationException">The stack can't run; nothing was started.</exception>
    public async Task<PreparedStack> PlanAsync(CancellationToken cancellationToken)
    {
        await containers.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var desired = options.Development ? null : new DesiredReplicas(Path.Combine(_state!.Path, "desired.json"), _logger);
        desired?.Apply(model.Resources);
        var adoption = options.Development ? Adoption.Nothing(_logger) : Adoption.Find(_state!.Records, launcher, _logger);
        var plan = new PlanMaker(FreePorts.Find, options.RandomizePorts, port => PortPreflight.FindHolder(port)?.Describe(), adoption.PortOf).Make(model.Resources);
        foreach (var warning in plan.Warnings)
        {
            LogPlanWarning(warning);
        }

        PlanMaker.Publish(plan);
        if (_dashboard is not null && options.RandomizePorts)
        {
            DashboardResource.Announce(_dashboard, configuration);
        }

        containers.Publish(plan);
        foreach (var resource in plan.Resources)
        {
            LifecycleCommands.Add(resource.Resource);
        }

        var releases = plan.Resources.ToDictionary(r => r.Name, OpenReleases, StringComparer.OrdinalIgnoreCase);
        LeadJobs(plan, releases);
        await PortCheck.EnsureFreeAsync(plan, adoption.Excuses, time, cancellationToken).ConfigureAwait(false);
        await events.EndpointsAllocatedAsync(plan, cancellationToken).ConfigureAwait(false);
        await KeyRing.EnsureSharedAsync(_state!, time, cancellationToken).ConfigureAwait(false);
        return new PreparedStack(plan, _state!, adoption, _dashboard is null ? null : DashboardResource.Access(_dashboard, configuration, _secrets!), desired, releases);
    }

    private SiteReleases OpenReleases(ResourcePlan plan)
    {
        var releases = new SiteReleases(plan, new ReleaseStore(plan.Name, Path.Combine(_state!.Releases, plan.Name)), options.ReleasesKept, publisher, time, loggers.CreateLogger(SiteReleases.Log));
        releases.Open(options.Development);
        ReleaseFolders.Set(plan.Resource, releases.FoldersInUse(null, []));
        return releases;
    }

    // A job that several sites wait for runs from the newest of their releases.
    private static void LeadJobs(StackPlan plan, Dictionary<string, SiteReleases> releases)
    {
        foreach (var site in plan.Resources.OrderBy(r => releases[r.Name].Targets.Current?.Name, StringComparer.Ordinal))
        {
            foreach (var job in ReleaseJobs.Of(site.Resource))
            {
                releases[job.Resource.Name].Follow(releases[site.Name]);
            }
        }
    }

    public void Dispose() => _state?.Dispose();

    [LoggerMessage(3112, LogLevel.Warning, "Process {Pid} was left of replica '{Instance}' by an AppHost that was killed: it was ended.")]
    private partial void LogEnded(int pid, string instance);

    [LoggerMessage(3111, LogLevel.Warning, "{Warning}")]
    private partial void LogPlanWarning(string warning);
}

/// <summary>A stack that may start.</summary>
/// <param name="Plan">What is to run.</param>
/// <param name="State">The folder that keeps what outlives a run.</param>
/// <param name="Adoption">What goes on from the AppHost before.</param>
/// <param name="Dashboard">Where the dashboard is; null: there is none.</param>
/// <param name="Desired">Keeps the numbers of replicas that commands ask for; null in development.</param>
/// <param name="Releases">What each resource is launched from, by its name.</param>
internal sealed record PreparedStack(StackPlan Plan, StateFolder State, Adoption Adoption, DashboardAccess? Dashboard, DesiredReplicas? Desired, IReadOnlyDictionary<string, SiteReleases> Releases);
