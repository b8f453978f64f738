using System.Diagnostics.Metrics;

namespace Stack.Hosting.Observation;

/// <summary>Tells of every replica as metrics of the meter <c>Stack.Hosting</c>: what it uses, how long it has run, how often it was restarted, in which state it is.</summary>
internal sealed class ReplicaMeter : IDisposable
{
    public const string Name = "Stack.Hosting";

    private readonly Meter _meter = new(Name);
    private readonly Func<IEnumerable<ObservedReplica>> _replicas;

    /// <param name="replicas">All replicas now.</param>
    /// <param name="time">The clock, for how long they have run.</param>
    public ReplicaMeter(Func<IEnumerable<ObservedReplica>> replicas, TimeProvider time)
    {
        _replicas = replicas;
        Gauge("stack.replica.cpu", "{cpu}", "Share of one core that the replica's processes used.", r => r.Sample?.Cpu);
        Gauge("stack.replica.memory", "By", "Resident memory of the replica's processes.", r => r.Sample?.Rss);
        Gauge("stack.replica.memory.pss", "By", "Resident memory of the replica's processes, pages that several processes share divided among them.", r => r.Sample?.Pss);
        Gauge("stack.replica.fds", "{file_descriptor}", "Open file descriptors of the replica's processes.", r => r.Sample?.Fds);
        Gauge("stack.replica.uptime", "s", "How long the present process has run.", r => r.Now.Pid is null ? null : (time.GetUtcNow() - r.Now.StartedAt)?.TotalSeconds);
        Gauge("stack.replica.ready", "1", "1 for a replica that is ready, else 0.", r => r.Now is { State: InstanceState.Running, Health: InstanceHealth.Ready } ? 1 : 0);
        _meter.CreateObservableUpDownCounter("stack.replica.restarts", () => Measure(r => (int?)r.Now.Restarts), "{restart}", "Starts that the supervisor made by itself, because the process had ended.");
        _meter.CreateObservableGauge("stack.replica.state", States, "1", "1, with the state that the replica is in as stack.state.");
    }

    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<ObservedReplica, double?> value)
        => _meter.CreateObservableGauge(name, () => Measure(value), unit, description);

    private IEnumerable<Measurement<T>> Measure<T>(Func<ObservedReplica, T?> value)
        where T : struct
    {
        foreach (var replica in _replicas())
        {
            if (value(replica) is { } number)
            {
                yield return new Measurement<T>(number, Resource(replica), Replica(replica));
            }
        }
    }

    private IEnumerable<Measurement<int>> States()
        => _replicas().Select(r => new Measurement<int>(1, Resource(r), Replica(r), new("stack.state", r.Now.State.ToString())));

    private static KeyValuePair<string, object?> Resource(ObservedReplica replica) => new("stack.resource", replica.Resource);

    private static KeyValuePair<string, object?> Replica(ObservedReplica replica) => new("stack.replica", replica.Now.Name);
}

/// <summary>What there is to tell of one replica.</summary>
/// <param name="Resource">Name of its resource.</param>
/// <param name="Now">What its supervisor says.</param>
/// <param name="Sample">What it uses; null without a process, or before the first look at it.</param>
internal readonly record struct ObservedReplica(string Resource, InstanceSnapshot Now, ProcessSample? Sample);
