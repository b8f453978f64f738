using Google.Protobuf;

namespace Telemetry.Parts;

/// <summary>How fast telemetry is taken by each protocol until it is stored, and what that costs. The batches are made beforehand.</summary>
internal static class Ingest
{
    // As many as this machine would have replicas.
    private const int Senders = 4;
    private const int Distinct = 64;
    private const int WarmUps = 3;
    private const double IdleShare = 0.05;

    private static readonly Row Rate = new("log records/s until they can be found", "thousands", 70) { Upwards = true };
    private static readonly Row Cpu = new("CPU for a log record", "µs", 13);
    private static readonly Row Answer = new("p99 until a batch is taken", "ms", null);
    private static readonly Row Told = new("batches that were told to come again", "%", null) { HasRatio = false };
    private static readonly Row Size = new("on disk for a log record", "bytes", 400);
    private static readonly Row SpanCpu = new("CPU for a span", "µs", null);
    private static readonly Row SpanSize = new("on disk for a span", "bytes", null);

    public static void Run(Bench bench, Settings settings, RowResults results)
    {
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var protocol in Sender.Protocols.Select((_, i) => Sender.Protocols[(i + round) % Sender.Protocols.Count]))
            {
                Logs(bench, settings, results, protocol);
                if (protocol != Sender.JsonForm)
                {
                    Spans(bench, settings, results, protocol);
                }
            }
        }
    }

    private static void Logs(Bench bench, Settings settings, RowResults results, string protocol)
    {
        var records = new Records();
        var now = TimeProvider.System.GetUtcNow();
        var bodies = Enumerable.Range(0, Distinct).Select(_ => records.Logs(now, TimeSpan.Zero)).Select(message => protocol switch
        {
            Sender.Grpc => Sender.Framed(message.ToByteArray()),
            Sender.Protobuf => message.ToByteArray(),
            _ => Records.Json(message),
        }).ToList();

        var measured = Measure(bench, settings, "logs", protocol, bodies);
        results.Add(Rate, protocol, measured.Records / measured.Milliseconds);
        results.Add(Cpu, protocol, measured.CpuSeconds / measured.Records * 1e6);
        results.Add(Answer, protocol, measured.P99);
        results.Add(Told, protocol, measured.Refused * 100.0 / (measured.Records / Records.BatchSize));
        results.Add(Size, protocol, (double)measured.Bytes / measured.Records);
    }

    private static void Spans(Bench bench, Settings settings, RowResults results, string protocol)
    {
        var records = new Records();
        var now = TimeProvider.System.GetUtcNow();
        var bodies = Enumerable.Range(0, Distinct).Select(_ => records.Spans(now).ToByteArray()).Select(body => protocol == Sender.Grpc ? Sender.Framed(body) : body).ToList();

        var measured = Measure(bench, settings, "traces", protocol, bodies);
        results.Add(SpanCpu, protocol, measured.CpuSeconds / measured.Records * 1e6);
        results.Add(SpanSize, protocol, (double)measured.Bytes / measured.Records);
    }

    private static Measured Measure(Bench bench, Settings settings, string signal, string protocol, List<byte[]> bodies)
    {
        using var dashboard = new RunningDashboard(bench, bench.NewFolder("ingest"));
        var counted = signal == "logs" ? "logs" : "spans";

        WarmUp(bench, dashboard, () => Send(dashboard, bench, signal, protocol, bodies, Distinct));
        var batches = settings.Records / Records.BatchSize;
        var (cpu, begun, bytes) = (dashboard.Process.CpuSeconds, Workspace.Now, dashboard.Bytes);
        var (refused, times) = Send(dashboard, bench, signal, protocol, bodies, batches);
        dashboard.WaitForRecords(counted, ((WarmUps * Distinct) + batches) * Records.BatchSize);
        var milliseconds = Workspace.Since(begun);
        return new Measured(batches * Records.BatchSize, milliseconds, dashboard.Process.CpuSeconds - cpu, times.Order().ElementAt(times.Count * 99 / 100), refused, dashboard.Bytes - bytes);
    }

    // The first batches meet code that is not compiled yet, and compiling it goes on after them: the runtime takes its time for that.
    private static void WarmUp(Bench bench, RunningDashboard dashboard, Action send)
    {
        for (var pass = 0; pass < WarmUps; pass++)
        {
            send();
            bench.Until(() => IsIdle(bench, dashboard), Workspace.Now, 60, "an idle dashboard after warming up");
        }
    }

    private static bool IsIdle(Bench bench, RunningDashboard dashboard)
    {
        var before = dashboard.Process.CpuSeconds;
        bench.Pause(1);
        return dashboard.Process.CpuSeconds - before < IdleShare;
    }

    private static (int Refused, List<double> Times) Send(RunningDashboard dashboard, Bench bench, string signal, string protocol, List<byte[]> bodies, int batches)
    {
        var next = -1;
        var senders = Enumerable.Range(0, Senders).Select(_ => new Sender(dashboard, protocol, bench.Cancelled)).ToList();
        Task.WhenAll(senders.Select(async sender =>
        {
            for (var i = Interlocked.Increment(ref next); i < batches; i = Interlocked.Increment(ref next))
            {
                await sender.SendAsync(signal, bodies[i % bodies.Count]);
            }
        })).GetAwaiter().GetResult();
        senders.ForEach(sender => sender.Dispose());
        return (senders.Sum(s => s.Refused), [.. senders.SelectMany(s => s.Times)]);
    }

    private sealed record Measured(int Records, double Milliseconds, double CpuSeconds, double P99, int Refused, long Bytes);
}
