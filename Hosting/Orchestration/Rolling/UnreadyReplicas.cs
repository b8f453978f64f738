using Microsoft.Extensions.Logging;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>Keeps requests from a replica that runs and is not ready, until it is again; never from the last one that serves. What a roll-out does is left to that.</summary>
internal sealed partial class UnreadyReplicas(ReplicaSet replicas, Traffic traffic, Rollout rollout, TimeProvider time, ILogger logger)
{
    // A gateway that has failed needs somebody; it is not asked in a loop.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>Those that are out of traffic for this reason and for no other.</summary>
    private readonly HashSet<string> _out = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var changed = replicas.Changed; // before the look, so that nothing is missed after it
                if (!await StepAsync(cancellationToken).ConfigureAwait(false))
                {
                    await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The resource is gone.
        }
    }

    /// <returns>False: there is nothing to be done.</returns>
    private async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var now = traffic.HasGate && !rollout.IsRunning ? replicas.Snapshots : [];
        _out.ExceptWith(now.Where(r => r.Traffic == InstanceTraffic.In).Select(r => r.Name));
        var next = now.FirstOrDefault(r => MayCome(r) || MustGo(r, now));
        if (next is null || replicas.Find(next.Name) is not { } replica)
        {
            return false;
        }

        try
        {
            await (next.Health == InstanceHealth.Ready ? AdmitAsync(replica, cancellationToken) : TakeOutAsync(replica, next, cancellationToken)).ConfigureAwait(false);
        }
        catch (TrafficGateException e)
        {
            LogGateFailed(next.Name, e.Message);
            await Task.Delay(AfterFailure, time, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has just gone for good.
        }

        return true;
    }

    private bool MayCome(InstanceSnapshot replica)
        => replica is { State: InstanceState.Running, Health: InstanceHealth.Ready } && _out.Contains(replica.Name);

    private static bool MustGo(InstanceSnapshot replica, IReadOnlyList<InstanceSnapshot> all)
        => replica is { State: InstanceState.Running, Health: InstanceHealth.NotReady or InstanceHealth.Dead, Traffic: InstanceTraffic.In } && all.Any(RollOrder.Serves);

    private async Task TakeOutAsync(InstanceSupervisor replica, InstanceSnapshot seen, CancellationToken cancellationToken)
    {
        LogTakenOut(replica.Name, seen.Reason ?? "the reason is not known");
        _out.Add(replica.Name);
        try
        {
            await traffic.DrainAsync(replica, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        }
        catch (TrafficGateException)
        {
            _out.Remove(replica.Name);
            await traffic.BeginAsync(replica).ConfigureAwait(false); // requests still reach it
            throw;
        }
    }

    private async Task AdmitAsync(InstanceSupervisor replica, CancellationToken cancellationToken)
    {
        await traffic.AdmitAsync(replica, cancellationToken).ConfigureAwait(false);
        _out.Remove(replica.Name);
        LogAdmitted(replica.Name);
    }

    [LoggerMessage(3140, LogLevel.Warning, "Instance {Instance} is taken out of traffic until it is ready: {Reason}.")]
    private partial void LogTakenOut(string instance, string reason);

    [LoggerMessage(3141, LogLevel.Information, "Instance {Instance} is in traffic again.")]
    private partial void LogAdmitted(string instance);

    [LoggerMessage(3142, LogLevel.Error, "Instance {Instance}: {Reason}")]
    private partial void LogGateFailed(string instance, string reason);
}
