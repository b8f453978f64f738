using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>Four replicas that need 1.5 s to boot are restarted: how many of them answer meanwhile.</summary>
internal sealed record RestartScenario() : Scenario("restart")
{
    private const int Count = 4;
    private static readonly Row NoneUp = new("restart of 4 replicas that need 1.5 s to boot: time with none up", "ms", 0) { HasRatio = false };
    private static readonly Row FewestUp = new("restart of 4 replicas that need 1.5 s to boot: fewest up", "count", Count - 1) { HasRatio = false, Upwards = true };
    private static readonly Row Whole = new("restart of 4 replicas that need 1.5 s to boot: until all are new", "ms");

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", Count) { Arguments = ["boot", "1500"] });
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);
        bench.Pause(2.5);
        var old = Children(job).Select(c => c.Id).ToHashSet();

        var since = Bench.Now;
        var restart = Task.Run(() => session.Restart("program"), bench.Cancelled);
        var (noneUp, fewest, last) = (0.0, Count, since);
        bench.Until(AllNew, since, 90, "end of the restart");
        results.Add(NoneUp, peer.Name, noneUp);
        results.Add(FewestUp, peer.Name, fewest);
        results.Add(Whole, peer.Name, Bench.Since(since));
        restart.WaitAsync(TimeSpan.FromSeconds(30), bench.Cancelled).GetAwaiter().GetResult();

        bool AllNew()
        {
            var pids = job.Ports.Select(Probe.Pid).OfType<int>().ToList();
            fewest = Math.Min(fewest, pids.Count);
            noneUp += pids.Count == 0 ? Bench.Since(last) : 0;
            last = Bench.Now;
            return restart.IsFaulted || (pids.Count == Count && !pids.Exists(old.Contains));
        }
    }
}
