using Stack.Hosting.Observation;

namespace Stack.Hosting.Orchestration.Rolling;

/// <summary>Decides which replica of a resource is restarted next: those that are not ready first, then by index, and never the last one that serves while another may still come. Pure.</summary>
internal static class RollOrder
{
    /// <param name="replicas">All replicas of the resource.</param>
    /// <param name="left">Names of those that are still to be restarted; one that was stopped by command meanwhile is left alone.</param>
    public static RollStep Next(IReadOnlyList<InstanceSnapshot> replicas, IReadOnlySet<string> left)
    {
        if (replicas.Where(r => r.Wanted && left.Contains(r.Name)).OrderBy(Serves).ThenBy(r => r.Index).FirstOrDefault() is not { } next)
        {
            return new RollStep.End();
        }

        var others = replicas.Where(r => r.Wanted && r.Name != next.Name).ToList();
        if (others.Count > 0 && (!Serves(next) || others.Exists(Serves)))
        {
            return new RollStep.Take(next.Name, IsAlone: false);
        }

        return others.Find(MayServe) is { } coming ? new RollStep.Await(coming.Name, next.Name) : new RollStep.Take(next.Name, IsAlone: true);
    }

    /// <summary>Ready, and requests reach it.</summary>
    public static bool Serves(InstanceSnapshot replica)
        => replica is { State: InstanceState.Running, Health: InstanceHealth.Ready, Traffic: InstanceTraffic.None or InstanceTraffic.In };

    // What was given up, or has ended, does not come by itself; what is kept out of traffic is not let in by waiting.
    private static bool MayServe(InstanceSnapshot replica)
        => replica is { State: InstanceState.Waiting or InstanceState.Starting or InstanceState.Running or InstanceState.Stopping or InstanceState.Backoff, Traffic: InstanceTraffic.None or InstanceTraffic.In };
}

/// <summary>The next thing that a roll-out does.</summary>
internal abstract record RollStep
{
    /// <summary>Restart this one. IsAlone: no other serves meanwhile, and there is none to wait for.</summary>
    public sealed record Take(string Replica, bool IsAlone) : RollStep;

    /// <summary>Wait until this one is ready: Last is the only one that serves now.</summary>
    public sealed record Await(string Replica, string Last) : RollStep;

    /// <summary>All are done.</summary>
    public sealed record End : RollStep;
}
