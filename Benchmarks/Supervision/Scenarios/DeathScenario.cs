using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>On a desk the supervisor is killed: no child must stay.</summary>
internal sealed record DeathScenario() : Scenario("death")
{
    private const int Seconds = 10;
    private static readonly Row Gone = new("development, supervisor killed: until its 16 children are gone", "ms", 100) { HasRatio = false };
    private static readonly Row Left = new("development, supervisor killed: children left after 10 s", "count", 0) { HasRatio = false };

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", 16)) with { Development = true };
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);
        bench.Pause(2);
        var children = Children(job);
        var since = Bench.Now;
        session.KillSupervisor();
        while (children.Exists(c => c.IsAlive) && Bench.Since(since) < Seconds * 1000)
        {
            bench.Cancelled.WaitHandle.WaitOne(1);
            bench.Cancelled.ThrowIfCancellationRequested();
        }

        var left = children.Count(c => c.IsAlive);
        if (left == 0)
        {
            results.Add(Gone, peer.Name, Bench.Since(since));
        }

        results.Add(Left, peer.Name, left);
    }
}
