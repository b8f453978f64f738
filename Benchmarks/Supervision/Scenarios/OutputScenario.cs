using Supervision.Peers;

namespace Supervision.Scenarios;

/// <summary>A child writes 60 MB in lines of 200 bytes: what that costs the supervisor when nobody reads them, and when one reader follows.</summary>
internal sealed record OutputScenario(bool Followed) : Scenario("output")
{
    private const int Megabytes = 60;
    private const long Bytes = Megabytes * 1_000_000L;
    private const int LimitMilliseconds = 120_000;

    private string How => Followed ? "followed by one reader" : "unread";

    public override void Run(Peer peer, Bench bench, RowResults results)
    {
        var workload = new Workload("program", 1);
        var job = bench.NewJob(workload);
        using var session = peer.Start(job);
        UntilAllUp(bench, job, session.Started);
        bench.Pause(3);

        long followed = 0;
        using (Followed ? session.Follow(job.Workloads[0], length => Interlocked.Add(ref followed, length)) : null)
        {
            bench.Pause(Followed ? 2 : 0);
            var before = session.Supervisor.CpuSeconds;
            var since = Bench.Now;
            _ = Probe.Ask(job.Ports[0], $"/flood?{Megabytes}", LimitMilliseconds) ?? throw new BenchmarkException($"the child had not written {Megabytes} MB within {LimitMilliseconds / 1000} s");
            var written = Bench.Since(since);
            bench.Until(() => session.LoggedBytes >= Bytes, since, 120, $"{Megabytes} MB in the log files");
            UntilQuiet(bench, () => session.Supervisor.CpuSeconds);
            results.Add(new Row($"60 MB of output {How}: supervisor's CPU", "s", Followed ? 0.25 : 0.05), peer.Name, session.Supervisor.CpuSeconds - before);
            results.Add(new Row($"60 MB of output {How}: until the child has written it", "ms"), peer.Name, written);
        }

        if (Followed)
        {
            results.Add(new Row("60 MB of output followed by one reader: came to it", "%") { HasRatio = false, Upwards = true }, peer.Name, Math.Min(100, followed * 100.0 / Bytes));
        }
    }

    // Rotation and readers may come after the file.
    private static void UntilQuiet(Bench bench, Func<double> cpu)
    {
        for (var (last, waited) = (cpu(), 0); waited < 15; waited++)
        {
            bench.Pause(3);
            var now = cpu();
            if (now - last < 0.02)
            {
                return;
            }

            last = now;
        }
    }
}
