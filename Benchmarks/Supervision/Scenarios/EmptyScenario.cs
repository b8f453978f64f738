using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>An AppHost that supervises nothing: what Stack's own start takes.</summary>
internal sealed record EmptyScenario() : Scenario("scale")
{
    public static Row Pss { get; } = new("empty AppHost: memory, PSS", "MB");

    public override bool IsAlone => true;

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        using var session = (StackSession)peer.Start(bench.NewJob());
        results.Add(new Row("empty AppHost: control socket answers", "ms"), peer.Name, bench.Until(session.Answers, session.Started, 60, "an answer of the control socket"));
        bench.Pause(3);
        results.Add(Pss, peer.Name, session.Supervisor.Pss);
        results.Add(new Row("empty AppHost: memory, RSS", "MB"), peer.Name, session.Supervisor.Rss);
        results.Add(new Row("empty AppHost: threads", "count"), peer.Name, session.Supervisor.Threads);
        results.Add(new Row("empty AppHost: descriptors", "count"), peer.Name, session.Supervisor.Descriptors);
        session.Stop();
    }
}
