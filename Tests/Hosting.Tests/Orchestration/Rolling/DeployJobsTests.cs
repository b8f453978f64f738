using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

/// <summary>What a site waits for to complete is run from the new release before that is rolled out.</summary>
public sealed class DeployJobsTests
{
    private static readonly TimeSpan Work = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task The_job_runs_from_the_new_release_before_the_first_replica_is_touched()
    {
        await using var site = await StartedAsync("migrations");

        var outcome = await DeployAsync(site, "v2");

        var name = site.Releases.Current;
        outcome.ShouldBe(CommandOutcome.Done($"'site' runs '{name}'; before, it was 'build'."));
        site.Journal.Lines.ShouldBe(
        [
            "launch migrations",
            $"releases {name}",
            "drain site-8001", "launch site-8001", "admit site-8001",
            "drain site-8002", "launch site-8002", "admit site-8002",
            $"releases {name}",
        ]);
        JobVersions(site, "migrations").ShouldBe(["v1", name]);
        site.Jobs[0].Status().ShouldSatisfyAllConditions(s => s.State.ShouldBe("Exited"), s => s.Release.ShouldBe(name), s => s.Rollout.ShouldBeNull());
        site.Rollouts.OfType<RolloutStatus>().Select(r => $"{r.What} at {r.Replica}").Distinct().ShouldBe(
            ["deploy at ", "deploy at migrations", $"deploy to {name} at ", $"deploy to {name} at site-8001", $"deploy to {name} at site-8002"]);
    }

    [Fact]
    public async Task A_job_that_fails_stops_the_deploy_before_anything_is_touched_and_runs_again_from_the_version_before()
    {
        await using var site = await StartedAsync("migrations");
        await DeployAsync(site, "v2");
        var before = site.Releases.Current;
        var launched = site.Of("site-8001").Concat(site.Of("site-8002")).ToList();
        site.Journal.Clear();
        site.Launcher.Script = Jobs(site, failing: 1);

        var outcome = await DeployAsync(site, "v3");

        var failed = JobVersions(site, "migrations")[^2];
        failed.ShouldEndWith("-v3");
        outcome.ShouldBe(CommandOutcome.Failed(
            $"The deploy of 'site' has changed nothing. Its job 'migrations', run from '{failed}', failed: exit code 7. All replicas run '{before}' as before. What the job wrote: 'stack logs migrations'."));
        site.Journal.Lines.ShouldBe(["launch migrations", "launch migrations"]);
        JobVersions(site, "migrations")[^1].ShouldBe(before);
        site.Of("site-8001").Concat(site.Of("site-8002")).ShouldBe(launched);
        site.Jobs[0].HasCompleted.ShouldBeTrue();
        (site.Status.State, site.Status.Rollout, site.Releases.Current).ShouldBe(("Running", null, before));
        site.Alerts.ShouldBe([outcome.Message!]);

        site.Launcher.Script = Jobs(site);
        (await DeployAsync(site, "v4")).Succeeded.ShouldBeTrue();
        site.Versions.ShouldAllBe(v => v.EndsWith("-v4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_fails_from_the_version_before_too_is_told_with_what_brings_it_back()
    {
        await using var site = await StartedAsync("migrations");
        site.Launcher.Script = Jobs(site, failing: 2);

        var outcome = await DeployAsync(site, "v2");

        outcome.Message.ShouldNotBeNull().ShouldContain(
            "failed: exit code 7. From 'build' it fails now too: exit code 7. 'stack start migrations' runs it once more, before which nothing starts that waits for it. All replicas run 'build' as before.");
        site.Status.Ready.ShouldBe(2);
    }

    [Fact]
    public async Task Jobs_that_wait_for_each_other_run_in_that_order_and_none_after_one_that_fails()
    {
        await using var site = await StartedAsync("schema", "seed");

        await DeployAsync(site, "v2");
        site.Journal.Lines.Take(2).ShouldBe(["launch schema", "launch seed"]);
        site.Journal.Clear();
        site.Launcher.Script = Jobs(site, failing: 1);

        (await DeployAsync(site, "v3")).Message.ShouldNotBeNull().ShouldContain("Its job 'schema', run from '");
        site.Journal.Lines.ShouldBe(["launch schema", "launch schema"]);
    }

    [Fact]
    public async Task A_deploy_waits_for_a_job_that_still_runs_and_tells_that_it_does()
    {
        await using var site = new RolledSite(1, jobs: "migrations");
        site.Launcher.Script = Jobs(site);
        _ = site.Jobs[0].StartAsync(CancellationToken.None);
        await site.Settle();
        await site.Start();
        var running = site.Last("migrations");
        var deploy = site.Orchestrator.DeployAsync(new DeployOrder(null, "v2"), CancellationToken.None);
        await site.Until(() => site.Orchestrator.Status().Rollout?.Replica == "migrations");

        running.Signals.ShouldBeEmpty();
        (await site.Run("roll")).ShouldBe(CommandOutcome.Busy("'site' is being changed: deploy (by command), now at 'migrations'. Try again when that has ended; 'stack stop site' ends it, and every replica with it."));
        (await site.Drive(deploy)).Succeeded.ShouldBeTrue();
        site.Of("migrations").Count().ShouldBe(2);
        running.IsLive.ShouldBeFalse();
    }

    [Fact]
    public async Task A_stop_calls_off_the_deploy_and_lets_the_job_do_its_work()
    {
        await using var site = await StartedAsync("migrations");
        var deploy = site.Orchestrator.DeployAsync(new DeployOrder(null, "v2"), CancellationToken.None);
        await site.Until(() => site.Jobs[0].Status().Rollout is not null && site.Last("migrations").IsLive);

        await site.Run("stop");

        (await site.Drive(deploy)).ShouldBe(CommandOutcome.Failed("The deploy of 'site' was called off: the resource is being stopped."));
        site.Releases.Current.ShouldBe("build");
        await site.Until(() => site.Jobs[0].Status().Rollout is null);
        site.Last("migrations").Signals.ShouldBeEmpty();
        site.Jobs[0].HasCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rollback_runs_no_job_and_the_job_goes_back_with_its_site()
    {
        await using var site = await StartedAsync("migrations");
        await DeployAsync(site, "v2");
        var second = site.Releases.Current;
        await DeployAsync(site, "v3");
        site.Journal.Clear();

        (await site.Drive(site.Orchestrator.RollbackAsync(null, CancellationToken.None))).Succeeded.ShouldBeTrue();

        site.Journal.Lines.ShouldNotContain("launch migrations");
        await site.Drive(site.Jobs[0].StartAsync(CancellationToken.None).ContinueWith(_ => { }, TaskScheduler.Default));
        await site.Until(() => site.Jobs[0].HasCompleted);
        JobVersions(site, "migrations")[^1].ShouldBe(second);
    }

    [Fact]
    public async Task What_was_built_anew_runs_its_job_first_too()
    {
        await using var site = await StartedAsync("migrations");

        (await site.Drive(site.Orchestrator.RunBuildAsync(CancellationToken.None))).ShouldBe(CommandOutcome.Done());

        site.Journal.Lines[0].ShouldBe("launch migrations");
        site.Journal.Lines.Count(l => l.StartsWith("launch site", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_job_is_not_deployed_by_itself()
    {
        await using var site = await StartedAsync("migrations");
        await DeployAsync(site, "v2");

        var outcome = await site.Jobs[0].DeployAsync(new DeployOrder(null, "v3"), CancellationToken.None);

        (outcome.End, outcome.Setting, outcome.Message).ShouldBe(
            (CommandEnd.Invalid, "resource", "'migrations' is a job of 'site' and runs from the releases of that: 'stack deploy site' runs it from the new one, before 'site' goes over to it."));
    }

    /// <summary>A site of two replicas whose jobs have done their work once.</summary>
    private static async Task<RolledSite> StartedAsync(params string[] jobs)
    {
        var site = new RolledSite(2, jobs: jobs);
        site.Launcher.Script = Jobs(site);
        foreach (var job in site.Jobs)
        {
            _ = job.StartAsync(CancellationToken.None);
        }

        await site.Until(() => site.Jobs.All(j => j.HasCompleted));
        await site.Start();
        return site;
    }

    /// <summary>Launches of jobs end after their work, the next ones of them with 7.</summary>
    private static Func<int, LaunchScript> Jobs(RolledSite site, int failing = 0) => _ =>
        !site.Journal.Lines[^1].StartsWith("launch site", StringComparison.Ordinal)
            ? new LaunchScript { ExitsAfter = Work, Exit = new ExitFacts(ExitKind.Code, failing-- > 0 ? 7 : 0) }
            : new LaunchScript();

    private static IReadOnlyList<string> JobVersions(RolledSite site, string job) => [.. site.Of(job).Select(RolledSite.VersionOf)];

    private static Task<CommandOutcome> DeployAsync(RolledSite site, string label)
    {
        site.Time.Advance(TimeSpan.FromSeconds(1));
        return site.Drive(site.Orchestrator.DeployAsync(new DeployOrder(null, label), CancellationToken.None));
    }
}
