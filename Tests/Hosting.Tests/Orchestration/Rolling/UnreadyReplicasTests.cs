using Stack.Hosting.Observation;

namespace Hosting.Tests.Orchestration.Rolling;

/// <summary>A replica that runs and is not ready gets no requests.</summary>
public class UnreadyReplicasTests
{
    [Fact]
    public async Task It_is_taken_out_of_traffic_without_waiting_and_let_in_again_when_it_is_ready()
    {
        await using var site = new RolledSite();
        await site.Start();

        site.Sick["site-8002"] = true;
        await site.Until(() => Of(site, "site-8002").Traffic == InstanceTraffic.Out);
        site.Journal.Lines.ShouldBe(["take site-8002"]);
        Of(site, "site-8002").ShouldSatisfyAllConditions(r => r.State.ShouldBe(InstanceState.Running), r => r.Health.ShouldBe(InstanceHealth.NotReady));
        site.Last("site-8002").Signals.ShouldBeEmpty();

        site.Sick.Clear();
        await site.Until(() => Of(site, "site-8002").Traffic == InstanceTraffic.In);
        site.Journal.Lines.ShouldBe(["take site-8002", "admit site-8002"]);
    }

    [Fact]
    public async Task The_last_one_that_serves_stays_in_traffic()
    {
        await using var site = new RolledSite();
        await site.Start();

        foreach (var replica in new[] { "site-8001", "site-8002" })
        {
            site.Sick[replica] = true;
            await site.Until(() => Of(site, replica).Traffic == InstanceTraffic.Out);
        }

        site.Sick["site-8003"] = true;
        await site.Until(() => Of(site, "site-8003").Health == InstanceHealth.NotReady);
        await site.Settle();

        Of(site, "site-8003").Traffic.ShouldBe(InstanceTraffic.In);
        site.Journal.Lines.ShouldBe(["take site-8001", "take site-8002"]);

        site.Sick.Clear();
        await site.Until(() => site.Orchestrator.Replicas.All(r => r.Current is { Health: InstanceHealth.Ready, Traffic: InstanceTraffic.In }));
    }

    [Fact]
    public async Task One_that_ends_while_it_is_out_is_let_in_when_its_next_process_is_ready()
    {
        await using var site = new RolledSite();
        await site.Start();
        site.Sick["site-8001"] = true;
        await site.Until(() => Of(site, "site-8001").Traffic == InstanceTraffic.Out);

        site.Sick.Clear();
        site.Last("site-8001").End(code: 1);
        await site.Until(() => Of(site, "site-8001") is { Generation: 2, Traffic: InstanceTraffic.In });

        site.Journal.Lines.ShouldBe(["take site-8001", "launch site-8001", "admit site-8001"]);
    }

    [Fact]
    public async Task A_roll_goes_its_own_way_and_ends_with_all_of_them_in_traffic()
    {
        await using var site = new RolledSite();
        await site.Start();
        site.Sick["site-8003"] = true;
        await site.Until(() => Of(site, "site-8003").Traffic == InstanceTraffic.Out);
        site.Sick.Clear();
        site.Journal.Clear();

        (await site.Run("roll")).Succeeded.ShouldBeTrue();

        site.Orchestrator.Replicas.ShouldAllBe(r => r.Current.Traffic == InstanceTraffic.In && r.Current.Health == InstanceHealth.Ready);
        site.Journal.Lines.Where(l => l.StartsWith("take", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gateway_that_fails_is_asked_again_later_and_the_replica_counts_as_in_traffic_meanwhile()
    {
        await using var site = new RolledSite();
        await site.Start();
        var failures = 0;
        site.Gate.Answer = line => line.StartsWith("take", StringComparison.Ordinal) && ++failures == 1 ? throw new InvalidOperationException("nginx does not answer") : Task.CompletedTask;

        site.Sick["site-8002"] = true;
        await site.Until(() => Of(site, "site-8002").Traffic == InstanceTraffic.Out);

        failures.ShouldBe(2);
        site.Logger.Entries.ShouldContain(e => e.Message == "Instance site-8002: The gateway could not take 'site-8002' out of traffic: nginx does not answer");
    }

    [Fact]
    public async Task Without_a_gateway_nothing_is_done()
    {
        await using var site = new RolledSite(gate: false);
        await site.Start();
        site.Sick["site-8002"] = true;

        await site.Until(() => Of(site, "site-8002").Health == InstanceHealth.NotReady);
        await site.Settle();

        Of(site, "site-8002").Traffic.ShouldBe(InstanceTraffic.None);
    }

    private static InstanceSnapshot Of(RolledSite site, string replica) => site.Replica(replica).Current;
}
