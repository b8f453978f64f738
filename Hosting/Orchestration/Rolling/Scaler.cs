using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Allocation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>Changes how many replicas a resource has while it runs. More: all of them start and get ready, then the gateway is told. Fewer: one at a time from the last on, each out of traffic before it is stopped.</summary>
/// <param name="replicas">The replicas.</param>
/// <param name="traffic">The way of requests to them.</param>
/// <param name="rollout">The change as it is shown.</param>
/// <param name="stack">What has to know of replicas that come and go.</param>
/// <param name="make">Makes the supervisor of a replica.</param>
internal sealed class Scaler(ReplicaSet replicas, Traffic traffic, Rollout rollout, IStackSurroundings stack, Func<ReplicaIdentity, InstanceSupervisor> make)
{
    private const int SuccessesToAdmit = 3;

    /// <param name="target">The plan with the wanted replicas.</param>
    /// <param name="calledOff">Ends it; replicas that have not come so far are taken away again.</param>
    /// <exception cref="DistributedApplicationException">A new replica did not get ready: there are as many as before. Or one could not be taken away: it is still there, and serves.</exception>
    public Task RunAsync(ResourcePlan target, CancellationToken calledOff)
        => target.Replicas.Count > replicas.All.Count ? AddAsync(target, calledOff) : RemoveAsync(target.Replicas.Count, calledOff);

    private async Task AddAsync(ResourcePlan target, CancellationToken calledOff)
    {
        var before = replicas.All;
        PlanMaker.PublishReplicas(target);
        await stack.AppearAsync(target, before.Count, calledOff).ConfigureAwait(false);
        List<InstanceSupervisor> added = [.. target.Replicas.Skip(before.Count).Select(make)];
        await Task.WhenAll(added.Select(traffic.BeginOutsideAsync)).ConfigureAwait(false);
        replicas.Use(target, [.. before, .. added]);
        try
        {
            // Where all the others were stopped by command these are not started either.
            if (before.Count == 0 || before.Any(r => r.Current.Wanted))
            {
                await Task.WhenAll(added.Select(r => StartAsync(r, calledOff))).ConfigureAwait(false);
            }

            await traffic.SetMembersAsync(replicas.All, calledOff).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
        {
            await ForgetAsync(added).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task StartAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        await replica.RestartOnceAsync(calledOff).ConfigureAwait(false);
        if (await replica.ConfirmReadyAsync(SuccessesToAdmit, calledOff).ConfigureAwait(false) is { } miss)
        {
            throw new DistributedApplicationException($"Replica '{replica.Name}' did not stay ready: {miss}.");
        }
    }

    private async Task RemoveAsync(int count, CancellationToken calledOff)
    {
        while (replicas.All.Count > count)
        {
            calledOff.ThrowIfCancellationRequested();
            var last = replicas.All[^1];
            rollout.At(last.Name);
            await traffic.DrainAsync(last, calledOff).ConfigureAwait(false);
            var ran = last.Current.Wanted;
            await last.StopWithStackAsync(calledOff).ConfigureAwait(false);
            try
            {
                await traffic.SetMembersAsync([.. replicas.All.SkipLast(1)], calledOff).ConfigureAwait(false);
            }
            catch (TrafficGateException) when (ran)
            {
                // The gateway still sends requests to it.
                await last.StartAsync(calledOff).ConfigureAwait(false);
                await traffic.AdmitAsync(last, calledOff).ConfigureAwait(false);
                throw;
            }

            await ForgetAsync([last]).ConfigureAwait(false);
        }
    }

    /// <summary>The last replicas are no part of the resource any more.</summary>
    private async Task ForgetAsync(List<InstanceSupervisor> gone)
    {
        var kept = replicas.Plan.Replicas.SkipLast(gone.Count).ToList();
        var plan = replicas.Plan with { Replicas = kept, Ports = PlanMaker.PortsOf(replicas.Plan.Resource, kept) };
        PlanMaker.PublishReplicas(plan);
        replicas.Use(plan, [.. replicas.All.SkipLast(gone.Count)]);
        await Task.WhenAll(gone.Select(r => r.DisposeAsync().AsTask())).ConfigureAwait(false);
        gone.ForEach(r => stack.Disappear(plan, r.Name));
        stack.RolloutChanged(plan.Name);
    }
}
