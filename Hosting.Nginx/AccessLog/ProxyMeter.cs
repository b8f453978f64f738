using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stack.Hosting.Nginx.AccessLog;

/// <summary>The replicas as Nginx sees them, as metrics of the meter <c>Stack.Nginx</c>. Each try counts for the replica that was asked.</summary>
internal sealed class ProxyMeter : IDisposable
{
    public const string Name = "Stack.Nginx";

    /// <summary>A client may send any word as a method.</summary>
    private static readonly FrozenSet<string> Methods = FrozenSet.Create("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE");

    private readonly Meter _meter = new(Name);
    private readonly Func<string, string> _replicaOf;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _retries;

    /// <param name="replicaOf">Name of the replica at an address.</param>
    public ProxyMeter(Func<string, string> replicaOf)
    {
        _replicaOf = replicaOf;
        _requests = _meter.CreateCounter<long>("stack.proxy.requests", "{request}", "Requests that Nginx sent to the replica; without a replica those that it answered by itself.");
        _errors = _meter.CreateCounter<long>("stack.proxy.errors", "{request}", "Those of them that ended with a status of 500 or above, or without one.");
        _retries = _meter.CreateCounter<long>("stack.proxy.retries", "{request}", "Those of them that Nginx then gave to another replica.");
        _duration = _meter.CreateHistogram(
            "stack.proxy.request.duration",
            "s",
            "From the request to the replica to the end of its answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });
    }

    public bool Owns(Instrument instrument) => ReferenceEquals(instrument.Meter, _meter);

    public void Add(AccessLine line)
    {
        var method = Methods.Contains(line.Method) ? line.Method : "_OTHER";
        if (line.Tries.Count == 0)
        {
            Add(new TagList(), method, line.Status, line.Duration);
        }

        for (var index = 0; index < line.Tries.Count; index++)
        {
            var tried = line.Tries[index];
            TagList replica = new() { { "stack.replica", _replicaOf(tried.Address) } };
            if (index < line.Tries.Count - 1)
            {
                _retries.Add(1, replica);
            }

            Add(replica, method, tried.Status ?? (index == line.Tries.Count - 1 ? line.Status : null), tried.Response);
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Add(TagList replica, string method, int? status, long? duration)
    {
        _requests.Add(1, replica);
        if (status is null or >= 500)
        {
            _errors.Add(1, replica);
        }

        if (duration is { } time)
        {
            replica.Add("http.request.method", method);
            if (status is { } code)
            {
                replica.Add("http.response.status_code", code);
            }

            _duration.Record(time / 1e9, replica);
        }
    }
}
