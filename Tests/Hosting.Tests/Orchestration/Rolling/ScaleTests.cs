using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Building;
using Stack.Hosting.Control;
using Testing;

namespace Hosting.Tests.Orchestration.Rolling;

public sealed class ScaleTests
{
    [Fact]
    public async Task More_replicas_start_and_get_ready_before_the_gateway_is_told_once()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        (await site.Scale(4)).ShouldBe(CommandOutcome.Done());

        site.Journal.Lines[..2].Order().ShouldBe(["launch site-8003", "launch site-8004"]);
        site.Journal.Lines[2..].ShouldBe(["members 8001 8002 8003 8004"]);
        site.Status.Replicas.Select(r => (r.Name, r.Port, r.Health, r.Traffic)).ShouldBe(
            [("site-8001", 8001, "Ready", "In"), ("site-8002", 8002, "Ready", "In"), ("site-8003", 8003, "Ready", "In"), ("site-8004", 8004, "Ready", "In")]);
        site.Status.Replicas[3].Url.ShouldBe("http://127.0.0.1:8004");
        site.Status.Wanted.ShouldBe(4);
        site.Status.Rollout.ShouldBeNull();
        site.Appeared.ShouldBe(["site-8003", "site-8004"]);
        site.Plan.Resource.GetReplicaNames().ShouldBe(["site-8001", "site-8002", "site-8003", "site-8004"]);
    }

    [Fact]
    public async Task Fewer_go_one_at_a_time_from_the_last_on_each_drained_before_it_is_stopped()
    {
        await using var site = new RolledSite(4);
        await site.Start();

        (await site.Scale(2)).ShouldBe(CommandOutcome.Done());

        site.Journal.Lines.ShouldBe(["drain site-8004", "members 8001 8002 8003", "drain site-8003", "members 8001 8002"]);
        site.Rollouts.Where(r => r?.Replica is not null).Select(r => (r!.What, r.Replica!)).Distinct().ShouldBe([("scale to 2", "site-8004"), ("scale to 2", "site-8003")]);
        site.Gone.ShouldBe(["site-8004", "site-8003"]);
        site.Status.Replicas.Select(r => r.Name).ShouldBe(["site-8001", "site-8002"]);
        site.Launcher.Live.ShouldBe(2);
        site.Plan.Resource.GetReplicaNames().ShouldBe(["site-8001", "site-8002"]);
        site.FewestReady.ShouldBe(2);
    }

    [Fact]
    public async Task Names_and_ports_go_on_where_they_were_over_nought_and_back()
    {
        await using var site = new RolledSite(2);
        await site.Start();

        foreach (var count in (int[])[8, 3, 0, 2])
        {
            (await site.Scale(count)).ShouldBe(CommandOutcome.Done());

            site.Status.Replicas.Select(r => r.Name).ShouldBe(Enumerable.Range(8001, count).Select(p => $"site-{p}"));
            site.Status.Replicas.ShouldAllBe(r => r.State == "Running");
            site.Journal.Lines[^1].ShouldBe($"members {string.Join(" ", Enumerable.Range(8001, count))}".TrimEnd());
            site.Kept["site"].ShouldBe(count);
        }

        site.Status.State.ShouldBe("Running");
    }

    [Fact]
    public async Task A_new_replica_that_does_not_get_ready_takes_the_whole_scale_back()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Launcher.Script = number => number == 4 ? new LaunchScript { ExitsAfter = TimeSpan.FromMilliseconds(50), ReadyAfter = null } : new LaunchScript();

        var outcome = await site.Scale(4);

        outcome.End.ShouldBe(CommandEnd.Failed);
        outcome.Message!.ShouldMatch("^Replica 'site-800[34]' did not get ready: exit code 1\\.$");
        site.Status.Replicas.Select(r => (r.Name, r.Generation)).ShouldBe([("site-8001", 1), ("site-8002", 1)]);
        site.Launcher.Live.ShouldBe(2);
        site.Gone.ShouldBe(["site-8003", "site-8004"]);
        site.Journal.Lines.ShouldAllBe(l => l.StartsWith("launch", StringComparison.Ordinal));
        site.Kept.ShouldBeEmpty();
        (await site.Scale(3)).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_gateway_that_does_not_take_the_new_members_keeps_the_old_ones()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Gate.Answer = _ => throw new DistributedApplicationException("nginx does not accept it.");

        var outcome = await site.Scale(3);

        outcome.ShouldBe(CommandOutcome.Failed("The gateway could not be told of the 3 replicas of 'site': nginx does not accept it."));
        site.Status.Replicas.Select(r => r.Name).ShouldBe(["site-8001", "site-8002"]);
        site.Launcher.Live.ShouldBe(2);
    }

    [Fact]
    public async Task One_that_the_gateway_does_not_let_go_serves_on()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Gate.Answer = line => line.StartsWith("members", StringComparison.Ordinal) ? throw new DistributedApplicationException("no.") : Task.CompletedTask;

        (await site.Scale(1)).End.ShouldBe(CommandEnd.Failed);

        site.Status.Replicas.Select(r => (r.Name, r.Health, r.Traffic)).ShouldBe([("site-8001", "Ready", "In"), ("site-8002", "Ready", "In"), ("site-8003", "Ready", "In")]);
    }

    [Fact]
    public async Task A_gate_that_hangs_while_it_drains_leaves_the_replica_alone()
    {
        await using var site = new RolledSite(3);
        await site.Start();
        site.Gate.Answer = _ => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);

        (await site.Scale(1)).Message.ShouldBe("The gateway could not take 'site-8003' out of traffic: it did not answer within 45 s.");

        site.Launcher.Launched.ShouldAllBe(p => p.Signals.Count == 0);
        site.Status.Ready.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_stopped_is_scaled_without_being_started()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        await site.Run("stop");

        (await site.Scale(3)).Succeeded.ShouldBeTrue();

        site.Status.Replicas.ShouldAllBe(r => r.State == "Stopped");
        (await site.Run("start")).Succeeded.ShouldBeTrue();
        site.Status.Ready.ShouldBe(3);
    }

    [Fact]
    public async Task A_stop_calls_a_scale_off_and_the_new_ones_are_gone()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Launcher.Script = _ => new LaunchScript { ReadyAfter = TimeSpan.FromSeconds(30) };
        var scale = site.Orchestrator.ScaleAsync(4, CancellationToken.None);
        await site.Until(() => site.Status.Replicas is [_, _, _, { Pid: not null }]);

        await site.Run("stop");

        (await site.Drive(scale)).ShouldBe(CommandOutcome.Failed("The scale to 4 of 'site' was called off: the resource is being stopped."));
        site.Launcher.Live.ShouldBe(0);
        site.Status.Replicas.Select(r => r.Name).ShouldBe(["site-8001", "site-8002"]);
    }

    [Fact]
    public async Task A_range_of_another_resource_is_not_entered()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Takes("api", "api-8004", 8004);

        (await site.Scale(3)).Succeeded.ShouldBeTrue();
        var outcome = await site.Scale(5);

        outcome.ShouldBe(CommandOutcome.Invalid(
            "replicas",
            "Port 8004 for replica 'site-8004' of resource 'site' belongs to replica 'api-8004' (endpoint 'http') of 'api'. Keep the number of replicas below that, or give one of the two another range in the AppHost."));
        site.Status.Replicas.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_is_not_taken_and_nothing_is_started()
    {
        await using var site = new RolledSite(2);
        await site.Start();
        site.Stranger = 8004;

        (await site.Scale(4)).ShouldBe(CommandOutcome.Invalid("replicas", "8004 is taken"));

        site.Journal.Lines.ShouldBeEmpty();
        site.Status.Rollout.ShouldBeNull();
    }

    [Fact]
    public void The_last_port_is_a_limit()
    {
        var builder = Models.Empty();
        builder.AddSite().WithReplicas(2).WithSequentialPorts(65534);

        Resize(builder, 3).Fault.ShouldBe("Replica site-65536 would listen on port 65536; the last one is 65535. Lower FirstPort or the number of replicas.");
    }

    [Fact]
    public void Without_sequential_ports_the_new_ones_are_free_ones()
    {
        var builder = Models.Empty();
        builder.AddExecutable("worker", "/bin/true", "/").WithHttpEndpoint();

        Resize(builder, 3).Plan!.Replicas.Select(r => (r.Name, r.Port)).ShouldBe([("worker", 20000), ("worker-30000", 30000), ("worker-30001", 30001)]);
    }

    [Fact]
    public void What_has_no_ports_is_numbered()
    {
        var builder = Models.Empty();
        builder.AddExecutable("worker", "/bin/true", "/");

        Resize(builder, 2).Plan!.Replicas.Select(r => (r.Name, r.Port)).ShouldBe([("worker", (int?)null), ("worker-1", null)]);
    }

    [Fact]
    public void What_can_only_run_once_says_so()
    {
        var builder = Models.Empty();
        builder.AddContainer("db", "postgres");
        builder.AddExecutable("worker", "/bin/true", "/").WithHttpEndpoint(targetPort: 5000);

        Resize(builder, 2, "db").Fault.ShouldBe("'db' is a container, which runs once. Projects and executables can be scaled.");
        Resize(builder, 2, "worker").Fault.ShouldBe(
            "Endpoint 'http' of 'worker' has the fixed port 5000, which only one replica can listen on. Give each its own with WithSequentialPorts in the AppHost, or leave the port out.");
    }

    private static (ResourcePlan? Plan, string? Fault) Resize(IDistributedApplicationBuilder builder, int count, string? resource = null)
    {
        var plan = Plans.Of(builder);
        var next = 30000;
        return new PlanGrowth((_, _) => next++).Resize(plan.Resources.Single(r => resource is null || r.Name == resource), count, []);
    }
}
