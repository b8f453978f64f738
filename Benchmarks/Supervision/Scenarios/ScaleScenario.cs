using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>So many replicas of the tiny program: how long until they are up, what supervising them takes, how long until they are stopped.</summary>
internal sealed record ScaleScenario(int Count, bool MeasureIdle) : Scenario("scale")
{
    private const int IdleSeconds = 10;

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var job = bench.NewJob(new Workload("program", Count));
        using var session = peer.Start(job);
        var first = bench.Until(() => Probe.Ask(job.Ports[0]) is not null, session.Started, 60, "an answer of the first replica");
        var all = UntilAllUp(bench, job, session.Started);
        results.Add(new Row($"{Count} replicas: first one up", "ms"), peer.Name, first);
        results.Add(new Row($"{Count} replicas: all up", "ms", Count switch { 16 => 400, 64 => 800, 200 => 1500, _ => null }), peer.Name, all);

        bench.Pause(3);
        var supervisor = session.Supervisor;
        results.Add(new Row($"{Count} replicas: memory, PSS", "MB"), peer.Name, supervisor.Pss);
        results.Add(new Row($"{Count} replicas: memory, RSS", "MB"), peer.Name, supervisor.Rss);
        if (results.Median(EmptyScenario.Pss, peer.Name) is { } empty)
        {
            results.Add(new Row($"{Count} replicas: PSS over an empty AppHost", "MB", Count is 16 or 64 or 200 ? 12 : null) { HasRatio = false }, peer.Name, supervisor.Pss - empty);
        }

        results.Add(new Row($"{Count} replicas: threads", "count"), peer.Name, supervisor.Threads);
        results.Add(new Row($"{Count} replicas: descriptors", "count"), peer.Name, supervisor.Descriptors);
        if (MeasureIdle)
        {
            var before = supervisor.CpuSeconds;
            bench.Pause(IdleSeconds);
            results.Add(new Row($"{Count} replicas: idle CPU", "ms per s") { HasRatio = false }, peer.Name, (supervisor.CpuSeconds - before) / IdleSeconds * 1000);
        }

        var children = Children(job);
        results.Add(new Row($"{Count} replicas: stop all", "ms", Count is 16 or 64 or 200 ? 200 : null), peer.Name, Stop(bench, session, children));
    }
}
