using System.Diagnostics.Metrics;
using Stack.Hosting.Nginx.AccessLog;

namespace Stack.Hosting.Nginx.Tests.AccessLog;

public sealed class ProxyMeterTests : IDisposable
{
    private readonly ProxyMeter _meter = new(address => $"site-{address.Split(':')[^1]}");
    private readonly MeterListener _listener = new();
    private readonly List<string> _seen = [];

    public ProxyMeterTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meter.Owns(instrument))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _seen.Add(Said(instrument, value, tags)));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _seen.Add(Said(instrument, value, tags)));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_request_counts_for_its_replica()
    {
        _meter.Add(Lines.Parse()!);

        _seen.ShouldBe(["stack.proxy.requests 1 site-8001", "stack.proxy.request.duration 0.004 site-8001 GET 200"]);
    }

    [Fact]
    public void Each_try_counts_for_the_replica_that_was_asked()
    {
        _meter.Add(Lines.Parse(("method", "BREW"), ("upstream", "127.0.0.1:8003, 127.0.0.1:8001"), ("upstream_status", "502, 200"), ("response", "0.010, 0.090"))!);

        _seen.ShouldBe(
        [
            "stack.proxy.retries 1 site-8003", "stack.proxy.requests 1 site-8003", "stack.proxy.errors 1 site-8003", "stack.proxy.request.duration 0.01 site-8003 _OTHER 502",
            "stack.proxy.requests 1 site-8001", "stack.proxy.request.duration 0.09 site-8001 _OTHER 200",
        ]);
    }

    [Fact]
    public void What_Nginx_answered_by_itself_is_of_no_replica()
    {
        _meter.Add(Lines.Parse(("status", "502"), ("upstream", "stack_site"), ("upstream_status", "502"))!);

        _seen.ShouldBe(["stack.proxy.requests 1", "stack.proxy.errors 1", "stack.proxy.request.duration 0.004 GET 502"]);
    }

    private static string Said<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value).Prepend(value))}";
}
