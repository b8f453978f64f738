using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration.Containers;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Orchestration.Rolling;

namespace Stack.Hosting.Orchestration;

// Another version of what runs: made first, then rolled out, and current only when all replicas run it.
internal sealed partial class ResourceOrchestrator
{
    /// <summary>Makes a release, runs its jobs, and goes over to it, one replica after another.</summary>
    public Task<CommandOutcome> DeployAsync(DeployOrder order, CancellationToken cancellationToken)
        => OutcomeAsync(() => GoAsync(
            "deploy",
            async calledOff =>
            {
                var move = await Releases.MakeAsync(order, calledOff).ConfigureAwait(false);
                await RunJobsAsync("deploy", move.Target, calledOff).ConfigureAwait(false);
                return move;
            },
            cancellationToken));

    /// <summary>Goes back to a release, one replica after another.</summary>
    /// <param name="to">Its name or label; null: the one before the current one.</param>
    /// <param name="cancellationToken">Ends the wait; the roll goes on.</param>
    public Task<CommandOutcome> RollbackAsync(string? to, CancellationToken cancellationToken)
        => OutcomeAsync(() => GoAsync("rollback", calledOff => Releases.BackAsync(to, calledOff), cancellationToken));

    /// <summary>The project was built: its jobs run, and then what was built runs, one replica after another, also where a release has run so far.</summary>
    public Task<CommandOutcome> RunBuildAsync(CancellationToken cancellationToken) => OutcomeAsync(async () =>
    {
        await RunJobsAsync("rebuild", null, cancellationToken).ConfigureAwait(false);
        return Releases.Current == ReleaseName.Build || Releases.Site is not null
            ? await RollAsync(null, "rebuilt", cancellationToken).ConfigureAwait(false)
            : await GoAsync("rollback", calledOff => Releases.BackAsync(ReleaseName.Build, calledOff), cancellationToken).ConfigureAwait(false);
    });

    /// <summary>The releases that there are, and which replicas run from them now.</summary>
    public ReleaseList ListReleases() => Releases.List([.. Replicas.Select(r => (r.Name, r.CommandLine))]);

    private SiteReleases Releases => _maker.Releases;

    private bool HasReleases => Plan.Resource.HasAnnotationOfType<IProjectMetadata>() && !Plan.Resource.RunsInEngine();

    private Task<string?> GoAsync(string what, Func<CancellationToken, Task<ReleaseMove>> prepare, CancellationToken cancellationToken)
    {
        if (!HasReleases)
        {
            throw new InvalidSettingException("resource", $"'{Name}' is no project ({Plan.Type}); only projects have releases.");
        }

        if (Releases.Site is { } site)
        {
            throw new InvalidSettingException("resource", $"'{Name}' is a job of '{site}' and runs from the releases of that: 'stack deploy {site}' runs it from the new one, before '{site}' goes over to it.");
        }

        return ChangeAsync(
            what,
            ByCommand,
            async calledOff =>
            {
                var move = await prepare(calledOff).ConfigureAwait(false);
                _rollout.Prepared($"{what} to {move.After.Current}");
                return await GoToAsync(move, calledOff).ConfigureAwait(false);
            },
            preparing: true).WaitAsync(cancellationToken);
    }

    private async Task<string?> GoToAsync(ReleaseMove move, CancellationToken calledOff)
    {
        var (before, succeeded) = (Releases.Current, false);
        string? said;
        try
        {
            await _traffic.SetReleasesAsync(FoldersInUse(move.Target), calledOff).ConfigureAwait(false);
            _maker.RenewLaunches();
            Releases.Targets.Begin(move.Target);
            said = await RestartInTurnAsync(ReplicaNames, calledOff).ConfigureAwait(false);
            succeeded = true;
        }
        catch (RolloutFrozenException e)
        {
            throw new RolloutFrozenException(e.Replica, e.Message)
            {
                LastWords = e.LastWords,
                Advice = $"What is started from now on is '{before}', as before. 'stack roll {Name}' brings all replicas to that, 'stack start {Name}' leaves them as they are.",
            };
        }
        finally
        {
            Releases.Targets.End(succeeded);
            await TellFoldersAsync().ConfigureAwait(false);
        }

        Releases.Use(move.After);
        LeadJobs();
        Releases.Prune(FoldersInUse(null));
        return $"'{Name}' runs '{move.After.Current}'; before, it was '{before}'.{(said is null ? "" : $" {said}")}{(Replicas.Any(r => r.Current.Wanted) ? "" : " None of its replicas is meant to run now.")}";
    }

    private IReadOnlyList<string> FoldersInUse(Release? first) => Releases.FoldersInUse(first, Replicas.Select(r => r.CommandLine));

    // The roll-out is over, whatever the gateway makes of it.
    private async Task TellFoldersAsync()
    {
        try
        {
            await _traffic.SetReleasesAsync(FoldersInUse(null), CancellationToken.None).ConfigureAwait(false);
        }
        catch (TrafficGateException e)
        {
            LogGateNotTold(Name, e.Message);
        }
    }

    [LoggerMessage(3316, LogLevel.Warning, "Resource '{Resource}': {Reason}")]
    private partial void LogGateNotTold(string resource, string reason);
}
