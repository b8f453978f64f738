using Stack.Hosting.Control;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

public sealed class DeployTests
{
    private static readonly LaunchScript Broken = new() { ExitsAfter = TimeSpan.FromMilliseconds(100), Exit = new ExitFacts(ExitKind.Code, 3), ReadyAfter = null };

    [Fact]
    public async Task A_release_is_made_told_to_the_gateway_and_rolled_out_and_then_it_is_current()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        var outcome = await Deploy(site, "v2");

        var name = site.Releases.Current;
        outcome.ShouldBe(CommandOutcome.Done($"'site' runs '{name}'; before, it was 'build'."));
        name.ShouldEndWith("-v2");
        site.Journal.Lines.ShouldBe(
        [
            $"releases {name}",
            "drain site-8001", "launch site-8001", "admit site-8001",
            "drain site-8002", "launch site-8002", "admit site-8002",
            $"releases {name}",
        ]);
        site.Versions.ShouldBe([name, name]);
        site.FewestReady.ShouldBe(1);
        site.Rollouts.OfType<RolloutStatus>().Select(r => r.What).Distinct().ShouldBe(["deploy", $"deploy to {name}"]);
        site.Rollouts[^1].ShouldBeNull();
        Kept(site).Current.ShouldBe(name);
    }

    [Fact]
    public async Task While_two_releases_run_the_gateway_knows_both()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        await Deploy(site, "v2");
        var second = site.Releases.Current;
        site.Journal.Clear();

        await Deploy(site, "v3");

        site.Journal.Lines[0].ShouldBe($"releases {site.Releases.Current} {second}");
        site.Journal.Lines[^1].ShouldBe($"releases {site.Releases.Current}");
    }

    [Fact]
    public async Task A_release_that_does_not_start_freezes_the_deploy_at_the_first_replica_and_is_never_current()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        await Deploy(site, "v2");
        var before = site.Releases.Current;
        var (second, third) = (site.Last("site-8002"), site.Last("site-8003"));
        site.Journal.Clear();
        site.Launcher.Script = number => number == 7 ? Broken : new LaunchScript();

        var outcome = await Deploy(site, "v3");

        outcome.End.ShouldBe(CommandEnd.Failed);
        outcome.Message.ShouldBe(
            "The deploy of 'site' froze at 'site-8001'. Replica 'site-8001' did not get ready: exit code 3. The version before was put back and serves. The replicas after it were not touched. " +
            $"What is started from now on is '{before}', as before. 'stack roll site' brings all replicas to that, 'stack start site' leaves them as they are.");
        site.Status.State.ShouldBe("RolloutFrozen");
        site.Versions.ShouldBe([before, before, before]);
        (site.Last("site-8002"), site.Last("site-8003")).ShouldBe((second, third));
        (site.Releases.Current, Kept(site).Current).ShouldBe((before, before));
        site.Journal.Lines[^1].ShouldBe($"releases {before}");
        site.Alerts.ShouldBe([outcome.Message!]);
    }

    [Fact]
    public async Task After_a_freeze_on_the_way_what_has_moved_runs_on_but_is_started_again_as_the_release_before()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Launcher.Script = number => number == 5 ? Broken : new LaunchScript();

        (await Deploy(site, "v2")).Succeeded.ShouldBeFalse();

        site.Versions.First().ShouldEndWith("-v2");
        site.Versions.Skip(1).ShouldBe(["v1", "v1"]);
        site.Orchestrator.ListReleases().Releases.Select(r => string.Join(' ', r.Replicas)).ShouldBe(["site-8001", "site-8002 site-8003"]);
        site.Last("site-8001").End(1);
        await site.Until(() => site.Status.Ready == 3 && site.Versions.First() == "v1");

        (await site.Run("roll")).Succeeded.ShouldBeTrue();
        site.Versions.ShouldBe(["v1", "v1", "v1"]);
        site.Status.State.ShouldBe("Running");
    }

    [Fact]
    public async Task Each_version_is_looked_at_when_all_replicas_run_it_and_none_that_froze()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        await Deploy(site, "v2");
        var second = site.Releases.Current;
        await site.Run("roll");
        site.Launcher.Script = number => number == 7 ? Broken : new LaunchScript();
        (await Deploy(site, "v3")).Succeeded.ShouldBeFalse();
        await site.Drive(site.Orchestrator.RollbackAsync(null, CancellationToken.None));

        site.Rolled.ShouldBe([$"{second} {second}", $"{second} {second}", "v1 v1"]);
    }

    [Fact]
    public async Task A_replica_that_crashes_during_a_deploy_comes_back_in_the_version_of_its_place_in_it()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        var crashed = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        site.Gate.Answer = line =>
        {
            if (line != "drain site-8002")
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return crashed.Task;
        };
        var deploy = site.Orchestrator.DeployAsync(new DeployOrder(null, "v2"), CancellationToken.None);
        await site.Until(() => reached.Task.IsCompleted);

        site.Last("site-8001").End(1);
        site.Last("site-8003").End(1);
        await site.Until(() => site.Of("site-8001").Count() == 3 && site.Of("site-8003").Count() == 2);

        site.Versions.First().ShouldEndWith("-v2");
        site.Versions.Last().ShouldBe("v1");
        crashed.SetResult();
        (await site.Drive(deploy)).Succeeded.ShouldBeTrue();
        site.Versions.ShouldAllBe(v => v.EndsWith("-v2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_only_replica_gets_its_version_back_too()
    {
        await using var site = new RolledSite(1);
        await site.Start();
        site.Launcher.Script = number => number == 2 ? Broken : new LaunchScript();

        var outcome = await Deploy(site, "v2");

        outcome.Message.ShouldNotBeNull().ShouldContain("The version before was put back and serves.");
        site.Versions.ShouldBe(["v1"]);
        site.Status.Ready.ShouldBe(1);
        (await Deploy(site, "v3")).Message.ShouldNotBeNull().ShouldEndWith(" No other replica served while 'site-8001' restarted: requests were refused meanwhile.");
        site.Versions.Single().ShouldEndWith("-v3");
    }

    [Fact]
    public async Task A_build_that_fails_touches_nothing_and_leaves_a_freeze_as_it_was()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Launcher.Script = number => number == 3 ? Broken : new LaunchScript();
        await Deploy(site, "v2");
        var (frozen, launches) = (site.Status.Rollout, site.Launcher.Attempts);
        site.Publisher.Publishing = _ => throw new Aspire.Hosting.DistributedApplicationException("Site.cs(1,2): error CS1002: ; expected");

        var outcome = await Deploy(site, "v3");

        outcome.ShouldBe(CommandOutcome.Failed("Site.cs(1,2): error CS1002: ; expected"));
        site.Launcher.Attempts.ShouldBe(launches);
        site.Status.Rollout.ShouldBe(frozen);
        frozen.ShouldNotBeNull().State.ShouldBe("Frozen");
    }

    [Fact]
    public async Task While_a_project_is_published_other_changes_are_refused_but_unready_replicas_are_seen_to()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        var publish = new TaskCompletionSource();
        site.Publisher.Publishing = _ => publish.Task;
        var deploy = site.Orchestrator.DeployAsync(new DeployOrder(null, "v2"), CancellationToken.None);

        const string busy = "'site' is being changed: deploy (by command). Try again when that has ended; 'stack stop site' ends it, and every replica with it.";
        (await site.Orchestrator.DeployAsync(new DeployOrder(null, null), CancellationToken.None)).ShouldBe(CommandOutcome.Busy(busy));
        (await site.Orchestrator.RollbackAsync(null, CancellationToken.None)).ShouldBe(CommandOutcome.Busy(busy));
        (await site.Run("roll")).ShouldBe(CommandOutcome.Busy(busy));
        (await site.Orchestrator.ScaleAsync(3, CancellationToken.None)).ShouldBe(CommandOutcome.Busy(busy));
        site.Sick["site-8001"] = true;
        await site.Until(() => site.Status.Replicas[0].Traffic == "Out");
        site.Sick.Clear();
        await site.Until(() => site.Status.Replicas[0].Traffic == "In");

        publish.SetResult();
        (await site.Drive(deploy)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_calls_off_the_build_and_nothing_is_left_of_it()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Publisher.Publishing = _ => new TaskCompletionSource().Task;
        var deploy = site.Orchestrator.DeployAsync(new DeployOrder(null, "v2"), CancellationToken.None);
        await site.Until(() => site.Status.Rollout is { What: "deploy" });

        await site.Run("stop");

        (await site.Drive(deploy)).ShouldBe(CommandOutcome.Failed("The deploy of 'site' was called off: the resource is being stopped."));
        site.Releases.Current.ShouldBe("build");
        Directory.GetFileSystemEntries(Root(site)).ShouldBeEmpty();
        site.Status.Rollout.ShouldBeNull();
    }

    [Fact]
    public async Task A_gateway_that_can_not_take_the_release_stops_the_deploy_before_a_replica_is_touched()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = line => line.EndsWith("-v2", StringComparison.Ordinal) ? throw new InvalidOperationException("The map is too large.") : Task.CompletedTask;

        (await Deploy(site, "v2")).ShouldBe(CommandOutcome.Failed("The gateway could not be told of the releases of 'site': The map is too large."));

        site.Journal.Lines.ShouldBe([$"releases {Path.GetFileName(Directory.GetDirectories(Root(site)).Single())}", "releases"]);
        (site.Status.State, site.Releases.Current).ShouldBe(("Running", "build"));
    }

    [Fact]
    public async Task More_replicas_after_a_deploy_are_of_the_release()
    {
        await using var site = new RolledSite(1);
        await site.Start();
        await Deploy(site, "v2");

        (await site.Scale(3)).Succeeded.ShouldBeTrue();

        site.Versions.ShouldBe([site.Releases.Current, site.Releases.Current, site.Releases.Current]);
    }

    [Fact]
    public async Task A_site_that_is_stopped_starts_with_the_release_next_time()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        await site.Run("stop");

        (await Deploy(site, "v2")).Message.ShouldNotBeNull().ShouldEndWith(" None of its replicas is meant to run now.");
        site.Launcher.Live.ShouldBe(0);

        await site.Run("start");
        site.Versions.ShouldBe([site.Releases.Current, site.Releases.Current]);
    }

    [Fact]
    public async Task Rollback_rolls_to_the_release_before_and_then_to_what_the_AppHost_itself_runs()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        await Deploy(site, "v2");
        var second = site.Releases.Current;
        await Deploy(site, "v3");
        var third = site.Releases.Current;

        (await Rollback(site)).ShouldBe(CommandOutcome.Done($"'site' runs '{second}'; before, it was '{third}'."));
        site.Versions.ShouldBe([second, second]);
        (await Rollback(site)).Succeeded.ShouldBeTrue();
        site.Versions.ShouldBe(["v1", "v1"]);
        var launches = site.Launcher.Attempts;
        (await Rollback(site)).End.ShouldBe(CommandEnd.Failed);
        site.Launcher.Attempts.ShouldBe(launches);

        (await Rollback(site, "v3")).Succeeded.ShouldBeTrue();
        site.Versions.ShouldBe([third, third]);
    }

    [Fact]
    public async Task What_was_built_anew_runs_also_where_a_release_has_run()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        await Deploy(site, "v2");
        var release = site.Releases.Current;

        var outcome = await site.Drive(site.Orchestrator.RunBuildAsync(CancellationToken.None));

        outcome.ShouldBe(CommandOutcome.Done($"'site' runs 'build'; before, it was '{release}'."));
        site.Versions.ShouldBe(["v1", "v1"]);
        (await site.Drive(site.Orchestrator.RunBuildAsync(CancellationToken.None))).ShouldBe(CommandOutcome.Done());
        site.Launcher.Attempts.ShouldBe(8);
    }

    [Fact]
    public async Task What_is_no_project_has_no_releases()
    {
        await using var site = new RolledSite(1, project: false);

        var outcome = await Deploy(site, "v2");

        (outcome.End, outcome.Setting, outcome.Message).ShouldBe((CommandEnd.Invalid, "resource", "'site' is no project (Executable); only projects have releases."));
    }

    private static Task<CommandOutcome> Deploy(RolledSite site, string label)
    {
        site.Time.Advance(TimeSpan.FromSeconds(1));
        return site.Drive(site.Orchestrator.DeployAsync(new DeployOrder(null, label), CancellationToken.None));
    }

    private static Task<CommandOutcome> Rollback(RolledSite site, string? to = null) => site.Drive(site.Orchestrator.RollbackAsync(to, CancellationToken.None));

    private static ReleaseHistory Kept(RolledSite site) => new ReleaseStore("site", Root(site)).ReadHistory();

    private static string Root(RolledSite site) => Path.Combine(site.Folder.Path, "releases", "site");
}
