using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>Eight replicas that take long to stop.</summary>
/// <param name="Seconds">Time that each needs.</param>
/// <param name="Grace">Time that it is given.</param>
/// <param name="Target">Target, ms.</param>
internal sealed record SlowStopScenario(int Seconds, int Grace, double Target) : Scenario("slow-stop")
{
    // Half a minute each.
    public override bool IsOnce => Seconds <= Grace;

    private Row Row => new(Seconds > Grace ? $"8 replicas that do not end: stop all, grace {Grace} s" : $"8 replicas that need {Seconds} s to end: stop all, grace {Grace} s", "ms", Target);

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", 8) { Arguments = ["stop", $"{Seconds}"] }) with { Grace = Grace };
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);
        bench.Pause(2);
        results.Add(Row, peer.Name, Stop(bench, session, Children(job)));
    }
}
