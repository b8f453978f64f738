using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>Four programs that have nothing to do with each other and need 5 s each to stop.</summary>
internal sealed record IndependentScenario() : Scenario("independent")
{
    private static readonly Row StopAll = new("4 programs that need 5 s each to end: stop all", "ms", 5500);

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob([.. Enumerable.Range(1, 4).Select(i => new Workload($"program{i}", 1) { Arguments = ["stop", "5"] })]);
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);
        bench.Pause(2);
        results.Add(StopAll, peer.Name, Stop(bench, session, Children(job)));
    }
}
