using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Orchestration.Releases;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>Restarts the replicas of one resource one at a time, as RollOrder says: out of traffic, stop, start, ready, back into traffic, next. Ends at the first that does not come back, so that the others serve on.</summary>
internal sealed partial class RollingRestart(ReplicaSet replicas, Traffic traffic, Rollout rollout, ReleaseTargets releases, TimeProvider time, ILogger logger)
{
    private const int SuccessesToAdmit = 3;

    /// <summary>Restarts those of the names that are meant to run.</summary>
    /// <returns>What there is to say of its success; null: nothing.</returns>
    /// <exception cref="RolloutFrozenException">A replica did not get ready, or the gateway failed: it is out of traffic, and those after it were not touched.</exception>
    /// <exception cref="DistributedApplicationException">The resource's only replica did not start.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    public async Task<string?> RunAsync(IEnumerable<string> names, CancellationToken calledOff)
    {
        string? said = null;
        HashSet<string> left = new(names, StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            calledOff.ThrowIfCancellationRequested();
            switch (RollOrder.Next(replicas.Snapshots, left))
            {
                case RollStep.Take take:
                    rollout.At(take.Replica);
                    var replica = replicas.Find(take.Replica)!;
                    said = await (take.IsAlone ? RestartAloneAsync(replica, calledOff) : TakeAsync(replica, calledOff)).ConfigureAwait(false) ?? said;
                    left.Remove(take.Replica);
                    break;
                case RollStep.Await wait:
                    rollout.At(wait.Replica);
                    await AwaitAsync(wait, left, calledOff).ConfigureAwait(false);
                    break;
                default:
                    return said;
            }
        }
    }

    private async Task AwaitAsync(RollStep.Await wait, HashSet<string> left, CancellationToken calledOff)
    {
        var limit = replicas.Find(wait.Replica)?.RestartLimit ?? TimeSpan.Zero;
        if (!await replicas.UntilAsync(() => RollOrder.Next(replicas.Snapshots, left) != wait, limit, time, calledOff).ConfigureAwait(false))
        {
            throw new RolloutFrozenException(wait.Replica, $"Replica '{wait.Replica}' was not ready within {limit.TotalSeconds:0} s, and '{wait.Last}' is the only one that serves.");
        }
    }

    // Where nothing else serves there is nothing to be gained by taking it out of traffic first.
    private async Task<string?> RestartAloneAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        var refuses = replica.Current.Port is not null && RollOrder.Serves(replica.Current);
        replica.KeepLaunch();
        if (releases.Move(replica.Name))
        {
            await RestartOrPutBackAsync(replica, calledOff).ConfigureAwait(false);
        }
        else
        {
            await replica.RestartAsync(calledOff).ConfigureAwait(false);
        }

        return refuses ? $"No other replica served while '{replica.Name}' restarted: requests were refused meanwhile." : null;
    }

    private async Task<string?> TakeAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        try
        {
            await traffic.DrainAsync(replica, calledOff).ConfigureAwait(false);
        }
        catch (TrafficGateException e)
        {
            throw new RolloutFrozenException(replica.Name, $"{e.Message} It was not stopped.");
        }

        replica.KeepLaunch();
        releases.Move(replica.Name);
        await RestartOrPutBackAsync(replica, calledOff).ConfigureAwait(false);
        if (replica.Current.Wanted)
        {
            await AdmitAsync(replica, calledOff).ConfigureAwait(false);
        }

        return null;
    }

    private async Task RestartOrPutBackAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        if (await RestartAsync(replica, calledOff).ConfigureAwait(false) is { } why)
        {
            var words = replica.Words();
            throw new RolloutFrozenException(replica.Name, await PutBackAsync(replica, calledOff).ConfigureAwait(false) ? $"{why} The version before was put back and serves." : why) { LastWords = words };
        }
    }

    /// <returns>Null: it is ready again, or was stopped by command meanwhile; else why it is not.</returns>
    private async Task<string?> RestartAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        try
        {
            await replica.RestartOnceAsync(calledOff).WaitAsync(replica.RestartLimit, time, calledOff).ConfigureAwait(false);
            return await replica.ConfirmReadyAsync(SuccessesToAdmit, calledOff).ConfigureAwait(false) is { } miss && replica.Current.Wanted
                ? $"Replica '{replica.Name}' did not stay ready: {miss}."
                : null;
        }
        catch (DistributedApplicationException) when (!replica.Current.Wanted)
        {
            return null;
        }
        catch (DistributedApplicationException e)
        {
            return e.Message;
        }
        catch (TimeoutException)
        {
            return $"Replica '{replica.Name}' was not restarted within {replica.RestartLimit.TotalSeconds:0} s: {replica.Current.Reason ?? "the reason is not known"}.";
        }
    }

    /// <returns>True: what was launched before the roll-out runs and serves again.</returns>
    private async Task<bool> PutBackAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        var returned = releases.Return(replica.Name);
        if (!replica.Launches.PutBack() && !returned)
        {
            return false;
        }

        LogPutBack(replica.Name);
        if (await RestartAsync(replica, calledOff).ConfigureAwait(false) is not null || !replica.Current.Wanted)
        {
            return false;
        }

        await AdmitAsync(replica, calledOff).ConfigureAwait(false);
        return true;
    }

    private async Task AdmitAsync(InstanceSupervisor replica, CancellationToken calledOff)
    {
        try
        {
            await traffic.AdmitAsync(replica, calledOff).ConfigureAwait(false);
        }
        catch (TrafficGateException e)
        {
            throw new RolloutFrozenException(replica.Name, e.Message);
        }
    }

    [LoggerMessage(3121, LogLevel.Warning, "Instance {Instance} did not get ready with its new version; the one before is put back.")]
    private partial void LogPutBack(string instance);
}

/// <summary>A roll-out ended before all replicas were restarted.</summary>
internal sealed class RolloutFrozenException(string replica, string message) : DistributedApplicationException(message)
{
    /// <summary>The replica that it ended at.</summary>
    public string Replica { get; } = replica;

    /// <summary>The last lines that the replica's new process had written; may be none.</summary>
    public IReadOnlyList<string> LastWords { get; init; } = [];

    /// <summary>What may be done about it, in full sentences; null: what may after a roll.</summary>
    public string? Advice { get; init; }
}
