using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>One question, asked of each peer in turn, round after round.</summary>
/// <param name="Name">What <c>--only</c> calls it.</param>
internal abstract record Scenario(string Name)
{
    /// <summary>True for those that are only Stack's.</summary>
    public virtual bool IsAlone => false;

    /// <summary>True for those that are asked once, whatever the number of rounds.</summary>
    public virtual bool IsOnce => false;

    public sealed override string ToString() => Name;

    public abstract void Run(Peer peer, Bench bench, RowResults results);

    /// <summary>Waits until each port has answered, one after the other: that loads the machine less than asking all of them, and ends when the last one is up.</summary>
    protected static double UntilAllUp(Bench bench, Job job, long since)
    {
        foreach (var workload in job.Workloads)
        {
            foreach (var port in workload.Ports)
            {
                bench.Until(() => Probe.Ask(port, workload.HealthPath) is not null, since, 180, $"an answer of the {workload.Replicas} on port {port}");
            }
        }

        return Bench.Since(since);
    }

    protected static List<LinuxProcess> Children(Job job) => [.. job.Ports.Select(port => new LinuxProcess(Probe.Pid(port) ?? throw new BenchmarkException($"nobody answers on port {port}")))];

    /// <summary>Stops all; returns the time until supervisor and children have ended.</summary>
    protected static double Stop(Bench bench, Session session, List<LinuxProcess> children)
    {
        var since = Bench.Now;
        session.Stop();
        return bench.Until(() => !children.Exists(c => c.IsAlive), since, 300, "end of all children");
    }
}
