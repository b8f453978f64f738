using System.Diagnostics.Metrics;
using Stack.Hosting.Nginx.Status;

namespace Stack.Hosting.Nginx.Tests.Status;

/// <summary>What a meter tells of connections, as lines.</summary>
internal sealed class MeterLines : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _counted = [];
    private Dictionary<string, long> _current = [];

    public MeterLines(ConnectionMeter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (meter.Owns(instrument))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Take);
        _listener.Start();
    }

    /// <summary>Sums of counters, and what is told now, by name and state without <c>nginx.connections_</c>.</summary>
    public string Read()
    {
        lock (_lock)
        {
            _current = [];
            _listener.RecordObservableInstruments();
            return string.Join(", ", _counted.Concat(_current).OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => $"{line.Key} {line.Value}"));
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_lock)
        {
            var name = instrument.Name.Replace("nginx.connections_", "", StringComparison.Ordinal);
            if (instrument.IsObservable)
            {
                _current[tags[0].Value!.ToString()!] = value;
            }
            else
            {
                _counted[name] = _counted.GetValueOrDefault(name) + value;
            }
        }
    }
}
