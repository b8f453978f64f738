using System.Diagnostics.Metrics;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Status;

/// <summary>The connections of clients as metrics of the meter <c>Stack.Nginx</c>, under the names that OpenTelemetry's collector gives them.</summary>
internal sealed class ConnectionMeter : IDisposable
{
    private readonly Meter _meter = new(ProxyMeter.Name);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _handled;
    private StubStatus? _now;
    private StubStatus? _before;

    public ConnectionMeter()
    {
        _accepted = _meter.CreateCounter<long>("nginx.connections_accepted", "{connection}", "Connections of clients that Nginx accepted.");
        _handled = _meter.CreateCounter<long>("nginx.connections_handled", "{connection}", "Those of them that it had room for (worker_connections).");

        // A gauge: of an up-down counter the SDK would repeat the last value while there is no Nginx.
        _meter.CreateObservableGauge("nginx.connections_current", Current, "{connection}", "Connections of clients, by state; active are all of them.");
    }

    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    /// <summary>Takes the next look; null: nobody answered.</summary>
    public void Take(StubStatus? status)
    {
        Volatile.Write(ref _now, status);
        if (status is not null)
        {
            // A new Nginx counts from 0; what it counted before the first look cannot be put anywhere.
            _accepted.Add(Grown(status.Accepted, _before?.Accepted));
            _handled.Add(Grown(status.Handled, _before?.Handled));
            _before = status;
        }
    }

    public void Dispose() => _meter.Dispose();

    private static long Grown(long now, long? before) => before is not { } known ? 0 : now >= known ? now - known : now;

    private IEnumerable<Measurement<long>> Current() => Volatile.Read(ref _now) is { } status
        ? [State("active", status.Active), State("reading", status.Reading), State("writing", status.Writing), State("waiting", status.Waiting)]
        : [];

    private static Measurement<long> State(string state, long count) => new(count, new KeyValuePair<string, object?>("state", state));
}
