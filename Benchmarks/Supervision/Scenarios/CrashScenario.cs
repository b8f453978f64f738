using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>Each of 16 replicas is killed once: how long until its port answers again.</summary>
internal sealed record CrashScenario() : Scenario("crash")
{
    private const int Count = 16;
    private static readonly Row Again = new("16 replicas: kill -9 to answering again", "ms", 50);

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", Count));
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);

        // Past the time that a replica has to live to count as started.
        bench.Pause(2.5);
        foreach (var port in job.Ports)
        {
            var old = Children(job)[port - job.Ports[0]];
            var since = Bench.Now;
            old.Kill();
            results.Add(Again, peer.Name, bench.Until(() => Probe.Pid(port) is { } pid && pid != old.Id, since, 30, "an answer of the replica that was killed"));

            // Not in step with anybody's timers.
            bench.Pause(0.1 + (0.3 * Random.Shared.NextDouble()));
        }
    }
}
