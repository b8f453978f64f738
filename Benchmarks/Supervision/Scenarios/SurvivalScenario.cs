using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>On a server the supervisor is killed and started again: the children serve on and are taken over.</summary>
internal sealed record SurvivalScenario() : Scenario("survival")
{
    private const int Count = 4;
    private static readonly Row Kept = new("production, supervisor killed and started again: of 4 children kept", "count", Count) { HasRatio = false, Upwards = true };
    private static readonly Row Failed = new("production, supervisor killed and started again: failed requests", "‰", 0) { HasRatio = false };
    private static readonly Row Supervised = new("production, supervisor killed and started again: of 4 replaced when killed then", "count", Count) { HasRatio = false, Upwards = true };

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", Count));
        List<LinuxProcess> children;
        var (asked, failed) = (0, 0);
        using (var killed = peer.Start(job))
        {
            UntilAllUp(bench, job, killed.Started);
            bench.Pause(2);
            children = Children(job);
            killed.KillSupervisor();
            AskFor(1);
            using var session = peer.Start(job);
            AskFor(9);
            results.Add(Kept, peer.Name, children.Count(c => c.IsAlive));
            results.Add(Failed, peer.Name, failed * 1000.0 / asked);
            results.Add(Supervised, peer.Name, Replaced());
        }

        void AskFor(double seconds)
        {
            for (var since = Bench.Now; Bench.Since(since) < seconds * 1000; asked++)
            {
                failed += Probe.Ask(job.Ports[asked % Count]) is null ? 1 : 0;
                bench.Cancelled.WaitHandle.WaitOne(2);
                bench.Cancelled.ThrowIfCancellationRequested();
            }
        }

        // Only who supervises a child replaces it.
        int Replaced()
        {
            var before = job.Ports.ToDictionary(port => port, Probe.Pid);
            foreach (var pid in before.Values.OfType<int>())
            {
                new LinuxProcess(pid).Kill();
            }

            bench.Pause(5);
            return before.Count(b => Probe.Pid(b.Key) is { } now && now != b.Value);
        }
    }
}
