using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>The published ASP.NET Core site in 16 replicas.</summary>
internal sealed record SiteScenario() : Scenario("site")
{
    private const int Count = 16;

    // What one start costs in CPU time, by measurement; a start is bound by it.
    private const double CpuSecondsPerStart = 0.3;

    private static readonly Row First = new("16 ASP.NET Core replicas: first one healthy", "ms");
    private static readonly Row All = new("16 ASP.NET Core replicas: all healthy", "ms", 1.5 * Count * CpuSecondsPerStart / Environment.ProcessorCount * 1000);

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", Count) { IsSite = true });
        using var session = peer.Start(job);
        results.Add(First, peer.Name, bench.Until(() => job.Ports.Any(p => Probe.Ask(p, job.Workloads[0].HealthPath) is not null), session.Started, 60, "an answer of the first replica"));
        results.Add(All, peer.Name, UntilAllUp(bench, job, session.Started));
    }
}
