using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Orchestration.Releases;

namespace Stack.Hosting.Orchestration;

// What has to be done before another version may serve: the site has its jobs run, and a job runs once.
internal sealed partial class ResourceOrchestrator
{
    /// <summary>Runs the jobs of this site from a release that is about to be rolled out, one after another.</summary>
    /// <exception cref="DistributedApplicationException">One did not end as it should; those after it were not run.</exception>
    private async Task RunJobsAsync(string what, Release? release, CancellationToken calledOff)
    {
        foreach (var job in ReleaseJobs.Of(Plan.Resource))
        {
            _rollout.At(job.Resource.Name);
            try
            {
                await _stack.OrchestratorOf(job.Resource).RunOnceAsync(release, job.ExitCode, calledOff).ConfigureAwait(false);
            }
            catch (JobFailedException e)
            {
                var text = $"The {what} of '{Name}' has changed nothing. {e.Message} All replicas run '{Releases.Current}' as before. What the job wrote: 'stack logs {job.Resource.Name}'.";
                _stack.Alert(Name, job.Resource.Name, text);
                throw new DistributedApplicationException(string.Join(Environment.NewLine, [text, .. e.LastWords.Prepend("Its last lines:").Where(_ => e.LastWords.Count > 0)]), e);
            }
        }
    }

    /// <summary>Runs this job from a release, to its end. When it fails it runs again from what it ran from before, so that whatever waits for it finds it as it was.</summary>
    /// <param name="release">The release; null: what the AppHost itself runs.</param>
    /// <param name="exitCode">What it has to end with.</param>
    /// <param name="cancellationToken">Ends the wait; what was begun goes on, since half of a job may be worse than all of it.</param>
    /// <exception cref="JobFailedException">It did not end with that.</exception>
    private Task<string?> RunOnceAsync(Release? release, int exitCode, CancellationToken cancellationToken)
        => ChangeAsync($"run from {NameOf(release)}", "for a new version", async calledOff =>
        {
            var before = Releases.Targets.Current;
            if (await FailureAsync(release, exitCode, calledOff).ConfigureAwait(false) is not { } failure)
            {
                return null;
            }

            var message = $"Its job '{Name}', run from '{NameOf(release)}', failed: {Why(failure, exitCode)}.";
            LogJobFailed(message);
            if (release?.Name != before?.Name && await FailureAsync(before, exitCode, calledOff).ConfigureAwait(false) is { } again)
            {
                message += $" From '{NameOf(before)}' it fails now too: {Why(again, exitCode)}. 'stack start {Name}' runs it once more, before which nothing starts that waits for it.";
            }

            throw new JobFailedException(message, failure.LastWords);
        }).WaitAsync(cancellationToken);

    /// <returns>The replica that failed, as it was then; null: none did.</returns>
    private async Task<InstanceSnapshot?> FailureAsync(Release? release, int exitCode, CancellationToken calledOff)
    {
        await EndedAsync(calledOff).ConfigureAwait(false); // the run before may still go on
        _maker.RenewLaunches();
        Releases.Targets.Begin(release);
        try
        {
            List<Task> starts = [];
            foreach (var replica in Replicas)
            {
                Releases.Targets.Move(replica.Name);
                replica.Launches.Renew();
                starts.Add(replica.StartAsync(CancellationToken.None));
            }

            LogJob(Name, NameOf(release));
            await Task.WhenAll(Replicas.Select(r => r.PingAsync(calledOff))).ConfigureAwait(false); // each has taken its order then
            await EndedAsync(calledOff).ConfigureAwait(false);
            await Task.WhenAll(starts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // to such an order an end is a failure to stay
        }
        finally
        {
            Releases.Targets.End(succeeded: false); // until the site runs it everywhere, that is not what is current
        }

        return _replicas.Snapshots.FirstOrDefault(r => r.State != InstanceState.Exited || r.ExitCode != exitCode);
    }

    private async Task EndedAsync(CancellationToken calledOff)
    {
        while (true)
        {
            var changed = _replicas.Changed; // before the look, so that nothing is missed after it
            if (_replicas.Snapshots.All(r => r.State is InstanceState.Stopped or InstanceState.Exited or InstanceState.Fatal))
            {
                return;
            }

            await changed.WaitAsync(calledOff).ConfigureAwait(false);
        }
    }

    private void LeadJobs()
    {
        foreach (var job in ReleaseJobs.Of(Plan.Resource))
        {
            _stack.OrchestratorOf(job.Resource).Releases.Follow(Releases);
        }
    }

    private static string Why(InstanceSnapshot replica, int exitCode)
    {
        var why = (replica.State == InstanceState.Exited ? replica.LastExit : replica.Reason) ?? "it was stopped";
        return replica.State == InstanceState.Exited && exitCode != 0 ? $"{why} in place of {exitCode}" : why.TrimEnd('.');
    }

    private static string NameOf(Release? release) => release?.Name ?? ReleaseName.Build;

    [LoggerMessage(3318, LogLevel.Information, "Job '{Job}' runs from {Release} before that is rolled out.")]
    private partial void LogJob(string job, string release);

    [LoggerMessage(3319, LogLevel.Error, "{Text}")]
    private partial void LogJobFailed(string text);
}

/// <summary>A job did not end as it should.</summary>
internal sealed class JobFailedException(string message, IReadOnlyList<string> lastWords) : DistributedApplicationException(message)
{
    /// <summary>The last lines that it had written; may be none.</summary>
    public IReadOnlyList<string> LastWords { get; } = lastWords;
}
