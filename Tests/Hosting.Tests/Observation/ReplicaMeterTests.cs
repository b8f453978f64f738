using System.Diagnostics.Metrics;
using Stack.Hosting.Observation;
using Testing;

namespace Hosting.Tests.Observation;

public sealed class ReplicaMeterTests
{
    [Fact]
    public void Every_replica_is_told_of_with_its_names()
    {
        var time = new ManualTimeProvider();
        var ready = new InstanceSnapshot
        {
            Name = "site-8001", Index = 0, State = InstanceState.Running, Health = InstanceHealth.Ready, Wanted = true, Pid = 4711, Restarts = 3, StartedAt = time.GetUtcNow().AddSeconds(-90),
        };
        var stopped = new InstanceSnapshot { Name = "site-8002", Index = 1, State = InstanceState.Stopped, Health = InstanceHealth.Unknown, Wanted = false };
        using var meter = new ReplicaMeter(() => [new("site", ready, new ProcessSample(4711, 1000, 0.25, 80) { Pss = 400 }), new("site", stopped, null)], time);

        Read(meter).ShouldBe(
        [
            "stack.replica.cpu {cpu} site site-8001 = 0.25",
            "stack.replica.fds {file_descriptor} site site-8001 = 80",
            "stack.replica.memory By site site-8001 = 1000",
            "stack.replica.memory.pss By site site-8001 = 400",
            "stack.replica.ready 1 site site-8001 = 1",
            "stack.replica.ready 1 site site-8002 = 0",
            "stack.replica.restarts {restart} site site-8001 = 3",
            "stack.replica.restarts {restart} site site-8002 = 0",
            "stack.replica.state 1 site site-8001 Running = 1",
            "stack.replica.state 1 site site-8002 Stopped = 1",
            "stack.replica.uptime s site site-8001 = 90",
        ]);
    }

    private static List<string> Read(ReplicaMeter meter)
    {
        List<string> lines = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (meter.Owns(instrument))
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => lines.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => lines.Add(Line(instrument, value, tags)));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. lines.Order(StringComparer.Ordinal)];
    }

    private static string Line(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => FormattableString.Invariant($"{instrument.Name} {instrument.Unit} {string.Join(' ', tags.ToArray().OrderBy(t => t.Key == "stack.state").ThenByDescending(t => t.Key).Select(t => t.Value))} = {value}");
}
